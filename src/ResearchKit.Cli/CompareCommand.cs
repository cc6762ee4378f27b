using ResearchKit.Experiments.Runs;
using ResearchKit.Metrics;

namespace ResearchKit.Cli;

internal static class CompareCommand
{
    public static Command Create()
    {
        var a = Given<string>("A", $"The first generator's set: {FeatureOptions.Sets}; or a folder of runs, one a seed.");
        var b = Given<string>("B", "The second's, likewise.");
        var real = Value<string>("--real", "The real set that both are scored against.");
        real.Required = true;
        var training = Value<string?>("--train", "What the generators were trained on, for the metrics of memorisation.");
        var subsets = Value<int>("--kid-subset-size", "Samples in each of the subsets of --kid.", 1000).AtLeast(2);
        var command = new Command("compare", "Says which of two generators is better against the same real set, or that they are not " +
            "told apart.") { a, b, real, training, subsets };
        var read = FeatureOptions.AddTo(command);
        var flags = MetricsCommand.AddFlags(command);
        command.SetWork((parsed, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            var named = flags(parsed);
            var options = new MetricOptions
            {
                Metrics = MetricsCommand.Chosen(every: false, named, withTraining: false), Seed = read(parsed).Seed,
                KernelSubsetSize = parsed.GetValue(subsets),
            };
            using var sets = new FeatureSource(read(parsed), named.Any(m => m.Needs == MetricNeeds.Logits), cancellation);
            Console.Write(Run(sets, (parsed.GetValue(a)!, parsed.GetValue(b)!), parsed.GetValue(real)!, parsed.GetValue(training), options,
                named.Length == 0 ? why => Console.Error.WriteLine("left out: " + why) : null, cancellation));
            return 0;
        });
        return command;
    }

    private static MetricComparison Run(FeatureSource sets, (string A, string B) names, string real, string? training,
        MetricOptions options, Action<string>? leftOut, CancellationToken cancellation)
    {
        var (first, second) = (Runs(names.A), Runs(names.B));
        var opened = sets.Open([.. first, .. second, real, training]);
        if (opened.FirstOrDefault(s => s.Statistics is not null) is { } stored)
        {
            throw new ArgumentException($"{stored.Name} holds statistics, and a comparison needs the samples.");
        }

        var features = new List<FeatureSet>();
        try
        {
            features.Add(sets.Features(opened[first.Length + second.Length], opened[0].Count));
            features.AddRange(opened[..(first.Length + second.Length)].Select(s => sets.Features(s, features[0].Count)));
            if (training is not null)
            {
                features.Add(sets.Features(opened[^1], features[0].Count));
            }

            return MetricComparison.Run(features[1..(first.Length + 1)], features[(first.Length + 1)..(first.Length + second.Length + 1)],
                features[0], options, training is null ? null : features[^1], names, TerminalProgress.Begin, leftOut, cancellation);
        }
        finally
        {
            features.ForEach(f => f.Dispose());
        }
    }

    // A folder of runs is one generator with several seeds, as a sweep leaves it.
    private static string[] Runs(string path)
    {
        string[] runs = Directory.Exists(path) && !RunFolder.Exists(path)
            ? [.. Directory.GetDirectories(path).Where(RunFolder.Exists).Order(StringComparer.Ordinal)]
            : [];
        return runs.Length > 0 ? runs : [path];
    }
}
