using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class ArchitecturesCommand
{
    public static Command Create()
    {
        var name = Given<string?>("name", "The networks; without a name all are listed.", optional: true);
        var size = Value<int?>("--size", "Side of the images in pixels, or numbers in a point.")
            .AtLeast(1, 8192);
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
            var architecture = Typed(() => Architectures.All.Find(chosen));
            var kind = architecture.Takes;
            var shape = new SampleShape(kind, parsed.GetValue(size) ?? architecture.Example.Size,
                kind == SampleKind.Points ? 1 : parsed.GetValue(channels),
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
        foreach (var architecture in Architectures.All)
        {
            Console.WriteLine($"{architecture.Name,-16} {architecture.Purpose} ({architecture.Paper})");
        }

        return 0;
    }

    private static int Show(Architecture architecture, NetworkOptions options, SampleShape shape)
    {
        using var scope = NewDisposeScope();
        var (g, d) = architecture.Build(options, shape);
        long[] sample = shape.Kind == SampleKind.Points ? [options.Pack, shape.Size]
            : [options.Pack, shape.Channels, shape.Size, shape.Size];
        Console.WriteLine($"G\n{ModelSummary.Of(g, 1, g.LatentSize)}\nD\n{ModelSummary.Of(d, sample)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{architecture.Name}: G has {ModelSummary.Count(g):N0} parameters, D {ModelSummary.Count(d):N0}"));
        return 0;
    }
}
