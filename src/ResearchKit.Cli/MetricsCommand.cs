using ResearchKit.Data;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Metrics;

namespace ResearchKit.Cli;

internal static class MetricsCommand
{
    private static readonly Option<bool> Every = Flag("--all", "All of them that the sets allow; says which are left out, and why.");

    public static Command Create()
    {
        var generated = Given<string>("generated", $"The generated set: {FeatureOptions.Sets}.");
        var real = Given<string?>("real", "The real set, likewise. Left out for a run, which is then scored as in its training.",
            optional: true);
        var training = Value<string?>("--train", "What the generator was trained on: gives the values that a copy of it would get, and " +
            "what the metrics of memorisation need.");
        var subsets = Value<int>("--kid-subsets", "Subsets of --kid.", 100).AtLeast(1);
        var size = Value<int>("--kid-subset-size", "Samples in each of them.", 1000).AtLeast(2);
        var json = Value<string?>("--json", "A file for the report with all protocols.");
        var command = new Command("metrics", "Scores a generated set against a real one; prints a scorecard, or the metrics that are " +
            "named: each value with its 95 % interval, the floor that real samples get, and its protocol.")
        {
            generated, real, training, subsets, size, json, CompareCommand.Create(), SanityCommand.Create(), VerifyCommand.Create(),
        };
        var read = FeatureOptions.AddTo(command);
        var flags = AddFlags(command);
        command.Options.Add(Every);
        command.SetWork((parsed, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            var (features, path) = (read(parsed), parsed.GetValue(generated)!);
            if (TextMetrics.Takes(path, parsed.GetValue(real)))
            {
                if (parsed.GetValue(Every) || flags(parsed).Length > 0)
                {
                    throw new UsageException("Of text the divergences of n-grams and the shares of known lines are printed, and no other " +
                        "metrics: leave out --all and the metrics' names.");
                }

                var text = TextMetrics.Of(path, parsed.GetValue(real), parsed.GetValue(training), features, cancellation);
                Console.Write(text);
                Written(text.Save);
                return 0;
            }

            using var own = parsed.GetValue(real) is null ? OwnImages(path, ref features) : null;
            var named = flags(parsed);
            var options = new MetricOptions
            {
                Seed = features.Seed, KernelSubsets = parsed.GetValue(subsets), KernelSubsetSize = parsed.GetValue(size),
            };
            options = options with { Metrics = Chosen(parsed.GetValue(Every), named, parsed.GetValue(training) is not null) };
            if (parsed.GetValue(training) is null && named.FirstOrDefault(m => m.Needs == MetricNeeds.Training) is { } memory)
            {
                throw new UsageException($"--{memory.Name} needs the set that the generator was trained on: give it with --train.");
            }

            using var sets = new FeatureSource(features, named.Any(m => m.Needs == MetricNeeds.Logits), cancellation);
            var report = Run(sets, (path, parsed.GetValue(real), own), parsed.GetValue(training), options,
                parsed.GetValue(Every) || named.Length == 0 ? why => Console.Error.WriteLine("left out: " + why) : null, cancellation);
            Console.Write(report);
            Written(report.Save);
            return 0;

            void Written(Action<string> save)
            {
                if (parsed.GetValue(json) is { } file)
                {
                    save(file);
                    Console.WriteLine($"{file} written");
                }
            }
        });
        return command;
    }

    /// <summary>Gives a command a flag for each metric.</summary>
    /// <returns>Reads which of them were typed.</returns>
    internal static Func<ParseResult, Metric[]> AddFlags(Command command)
    {
        (Metric Metric, Option<bool> Option)[] flags = [.. FeatureMetrics.All.Select(m => (m, Flag($"--{m.Name}", m.Title)))];
        Array.ForEach(flags, f => command.Options.Add(f.Option));
        return parsed => [.. flags.Where(f => parsed.GetValue(f.Option)).Select(f => f.Metric)];
    }

    /// <summary>The metrics that were asked for: the scorecard where none was named.</summary>
    internal static IReadOnlyList<string> Chosen(bool every, IReadOnlyCollection<Metric> named, bool withTraining) =>
        every ? FeatureMetrics.All.Names
        : named.Count > 0 ? [.. named.Select(m => m.Name)]
        : MetricOptions.Scorecard(withTraining);

    // The real images that a run was scored against, and how.
    private static ImageSet OwnImages(string path, ref FeatureOptions features)
    {
        if (!RunFolder.Exists(path))
        {
            throw new UsageException($"Say what {path} is scored against; only a run has real images of its own.");
        }

        var options = RunFolder.Open(path).Options;
        var images = ScoreProtocol.RealOf(options);
        features = features with
        {
            Network = features.Network ?? ScoreProtocol.NetworkOf(options, images.Channels), SeedOfImages = ScoreProtocol.Seed,
            Samples = features.Samples ?? ScoreProtocol.SamplesOf(options),
        };
        return images;
    }

    private static MetricReport Run(FeatureSource sets, (string Generated, string? Real, ImageSet? Own) set, string? training,
        MetricOptions options, Action<string>? leftOut, CancellationToken cancellation)
    {
        var opened = sets.Open(set.Generated, set.Real, training);
        var (generatedSource, realSource) = (opened[0], set.Own is { } own ? new SampleSource(own.Name) { Images = own } : opened[1]);
        if (generatedSource.Statistics is not null || realSource.Statistics is not null)
        {
            return Distance(sets, generatedSource, realSource, options, leftOut);
        }

        using var r = sets.Features(realSource, generatedSource.Count);
        using var g = sets.Features(generatedSource, r.Count);
        using var t = training is null ? null : sets.Features(opened[^1], r.Count);
        if (options.Metrics.Contains("isc") && g.Logits is not null && InceptionScore.AreProbabilities(g.Logits))
        {
            Console.Error.WriteLine($"{g.Name}: rows in [0, 1] that sum to 1; the classifier score takes them as probabilities, not as " +
                "logits.");
        }

        return MetricEvaluation.Run(g, r, options, t, TerminalProgress.Begin, leftOut, cancellation);
    }

    // Stored statistics are enough for one metric only.
    private static MetricReport Distance(FeatureSource sets, SampleSource generated, SampleSource real, MetricOptions options,
        Action<string>? leftOut)
    {
        if (options.Metrics is not ["fid"])
        {
            var why = $"{(real.Statistics is not null ? real.Name : generated.Name)} holds mu and sigma only, which are enough for --fid " +
                "and nothing else.";
            (leftOut ?? (w => throw new ArgumentException(w)))(why);
        }

        using var g = generated.Statistics is null ? sets.Features(generated, real.Count) : null;
        using var r = real.Statistics is null ? sets.Features(real, generated.Count) : null;
        return g is not null ? MetricEvaluation.Run(g, real.Name, real.Statistics!)
            : r is not null ? MetricEvaluation.Run(generated.Name, generated.Statistics!, r)
            : MetricEvaluation.Run(generated.Name, generated.Statistics!, real.Name, real.Statistics!);
    }
}
