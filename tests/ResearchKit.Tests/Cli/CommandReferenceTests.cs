using System.Text.RegularExpressions;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Tests.Cli;

/// <summary>The command reference, src/ResearchKit.Cli/README.md. Its list of options is what `train --options` prints;
/// a part that a register has got since then does not fail the test, an option that the code has not does.</summary>
[Collection<ProgramTests>]
public partial class CommandReferenceTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "ResearchKit.Cli", "README.md"));

    [Fact]
    public void The_reference_lists_every_option_with_its_default()
    {
        var listed = Option().Matches(Readme).Select(m => m.Value.Trim()).ToList();
        var known = ExperimentOption.All.Where(o => !PenaltyEntry.All.Has(o.Name) || listed.Contains($"{o.Name}=none"));
        Assert.Equal(known.Select(o => $"{o.Name}={o.Default}"), listed);
    }

    [Fact]
    public void Help_lists_every_option_and_every_part_and_the_reference_every_command()
    {
        var help = ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string> { ["RESEARCHKIT_LIBTORCH"] = "nowhere" },
            "train", "--options"); // needs no libtorch
        Assert.Equal(0, help.ExitCode);
        var listed = Option().Matches(help.Output).Select(m => m.Value.Trim());
        Assert.Equal(ExperimentOption.All.Select(o => $"{o.Name}={o.Default}"), listed);
        foreach (var name in (string[])[.. AdversarialLosses.All.Names, .. Architectures.All.Names, .. ScoreKinds.All.Names,
            .. DataKinds.All.Names, .. Augmentations.All.Names])
        {
            Assert.Contains($"\n  {name} ", help.Output, StringComparison.Ordinal);
        }

        Assert.All(help.Output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 140, line));
        var commands = ProgramRun.ResearchKit(Repository.Root, null, "--help").Output.Split("Commands:")[1].Split('\n')
            .Select(line => line.Trim().Split(' ')[0]).Where(name => name.Length > 0);
        Assert.All(commands, command => Assert.Contains($"\nresearchkit {command}", Readme, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?<=\n  )\w+=\S+(?= )")]
    private static partial Regex Option();
}
