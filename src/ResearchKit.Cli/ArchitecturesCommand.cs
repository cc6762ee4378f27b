using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using ResearchKit.Models.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class ArchitecturesCommand
{
    public static Command Create()
    {
        var name = Given<string?>("name", "The networks; without a name all are listed.", optional: true);
        var size = Value<int?>("--size", "Side of the images in pixels, numbers in a point, samples of a sound, or " +
            "characters of a line (of the letters a to z).")
            .AtLeast(1, 65_536);
        var channels = Value("--channels", "Channels of the images.", 3).AtLeast(1, 3);
        var classes = Value("--classes", "Classes that the networks are told.", 0).AtLeast(0, 100_000);
        var set = Repeated("--set", "Changes an option of the networks, as name=value (features=64; `train --options` lists them).");
        var command = new Command("architectures", "Lists the networks, or shows the layers of one (in its paper's size, where that is " +
            "known).") { name, size, channels, classes, set };
        command.SetWork((parsed, _) =>
        {
            if (parsed.GetValue(name) is not { } chosen)
            {
                return List();
            }

            NativeRuntime.EnsureLoaded();
            if (TranslationArchitectures.All.Has(chosen))
            {
                return Show(TranslationArchitectures.All.Find(chosen), parsed.GetValue(size) ?? 256, parsed.GetValue(channels),
                    Typed(() => new ExperimentOptions().With(parsed.GetValue(set)!)).Networks);
            }

            var architecture = Typed(() => Architectures.All.Find(chosen));
            var kind = architecture.Takes;
            var shape = new SampleShape(kind, parsed.GetValue(size) ?? architecture.Example.Size,
                kind.HasColour() ? parsed.GetValue(channels) : 1,
                parsed.GetValue(classes) is > 0 and var k ? SampleClasses.Equally([.. Enumerable.Range(0, k).Select(i => $"{i}")])
                    : null);
            var example = architecture.Example.Options with { Architecture = chosen, Conditional = shape.Classes is not null };
            var options = Typed(() => new ExperimentOptions { Networks = example }.With(parsed.GetValue(set)!));
            return Show(Typed(() => Architectures.For(options.Networks, shape)), options.Networks, shape);
        });
        return command;
    }

    private static int List()
    {
        foreach (var (name, what) in Architectures.All.Select(a => (a.Name, $"{a.Purpose} ({a.Paper})"))
            .Concat(TranslationArchitectures.All.Select(a => (a.Name, $"{a.Purpose} ({a.Paper})"))))
        {
            Console.WriteLine($"{name,-16} {what}");
        }

        return 0;
    }

    private static int Show(TranslationArchitecture architecture, int size, int channels, NetworkOptions options)
    {
        if (architecture.Refuses(options, size) is { } refusal)
        {
            throw new UsageException(refusal);
        }

        using var scope = NewDisposeScope();
        var g = architecture.Translator(options, size, channels, channels);
        var seen = architecture.IsPaired ? 2 * channels : channels; // D sees the input too
        var d = architecture.Discriminator(options, size, seen);
        Console.WriteLine($"G\n{ModelSummary.Of(g, 1, channels, size, size)}\nD\n{ModelSummary.Of(d, 1, seen, size, size)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{architecture.Name}: G has {ModelSummary.Count(g):N0} parameters, D {ModelSummary.Count(d):N0}" +
            $"{(architecture.IsPaired ? "" : "; two of each")}"));
        return 0;
    }

    private static int Show(Architecture architecture, NetworkOptions options, SampleShape shape)
    {
        using var scope = NewDisposeScope();
        var (g, d) = architecture.Build(options, shape);
        Console.WriteLine($"G\n{ModelSummary.Of(g, 1, g.LatentSize)}\nD\n{ModelSummary.Of(d, shape.Batch(options.Pack))}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{architecture.Name}: G has {ModelSummary.Count(g):N0} parameters, D {ModelSummary.Count(d):N0}"));
        return 0;
    }
}
