using System.Text;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Models.Translation;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Cli;

/// <summary>The options of an experiment and the parts that they name, as <c>train --options</c> lists them.</summary>
internal static class OptionTable
{
    private const int Width = 138;
    private const int Column = 40;

    public static string Text()
    {
        var text = new StringBuilder("Options for --set, with their defaults, group by group:\n");
        foreach (var group in ExperimentOption.All.GroupBy(o => o.Group))
        {
            text.Append('\n').Append(group.Key).Append('\n');
            foreach (var option in group)
            {
                Add(text, $"{option.Name}={option.Default}", [Takes(option), option.Description]);
            }
        }

        Parts(text, "data", DataKinds.All.Select(k => (k.Name, k.Purpose)));
        Parts(text, "architecture", Architectures.All.Select(a => (a.Name, $"{a.Purpose} ({a.Paper})"))
            .Concat(TranslationArchitectures.All.Select(a => (a.Name, $"{a.Purpose} ({a.Paper})"))));
        Parts(text, "loss", AdversarialLosses.All.Select(l => (l.Name, $"{l.Purpose} ({l.Paper})")));
        Parts(text, "augment", Augmentations.All.Select(a => (a.Name, $"{a.Purpose} ({a.Paper})")));
        Parts(text, "scores", ScoreKinds.All.Select(s => (s.Name, s.Purpose)));
        return text.ToString();
    }

    private static string Takes(ExperimentOption option) => option.Name switch
    {
        "data" => string.Join(", ", DataKinds.All.Names),
        "scores" => $"{ScoringOptions.Auto}, {string.Join(", ", ScoreKinds.All.Names)}; several with commas between them",
        "network" => $"{ScoringOptions.Auto}, or a name of `network list`",
        "device" => "cpu, cuda, cuda:N, best",
        _ => option.Takes,
    };

    private static void Parts(StringBuilder text, string option, IEnumerable<(string Name, string What)> parts)
    {
        text.Append("\nWhat the option ").Append(option).Append(" names\n");
        foreach (var (name, what) in parts)
        {
            Add(text, name, [what]);
        }
    }

    // The name on the left; on the right the paragraphs, wrapped.
    private static void Add(StringBuilder text, string name, IEnumerable<string> paragraphs)
    {
        var left = "  " + name;
        foreach (var paragraph in paragraphs.Where(p => p.Length > 0))
        {
            var line = left.PadRight(Column - 1);
            foreach (var word in paragraph.Split(' '))
            {
                if (line.Length + 1 + word.Length > Width)
                {
                    text.Append(line.TrimEnd()).Append('\n');
                    line = new string(' ', Column - 1);
                }

                line += " " + word;
            }

            text.Append(line).Append('\n');
            left = "";
        }
    }
}
