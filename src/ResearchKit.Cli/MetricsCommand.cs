using ResearchKit.Metrics;

namespace ResearchKit.Cli;

internal static class MetricsCommand
{
    private static readonly Option<bool> Classifier = Flag("--isc", "Classifier score of the generated set, by the Inception Score's " +
        "formula: 10 splits; a file of floats is taken as logits.");

    private static readonly (Option<bool> Option, MetricKinds Kind)[] Kinds =
    [
        (Flag("--fid", "Fréchet distance of the features."), MetricKinds.Frechet),
        (Flag("--kid", "Kernel distance: 100 subsets of 1000."), MetricKinds.Kernel),
        (Classifier, MetricKinds.Classifier),
        (Flag("--prc", "Improved precision and recall, k 3."), MetricKinds.PrecisionRecall),
        (Flag("--prdc", "Density and coverage, k 5."), MetricKinds.DensityCoverage),
        (Flag("--vendi", "Vendi score of the generated set."), MetricKinds.Vendi),
        (Flag("--mind", "MIND, a sliced Wasserstein distance, 1000 directions."), MetricKinds.Mind),
        (Flag("--all", "All of them."), MetricKinds.All),
    ];

    public static Command Create()
    {
        var generated = Given<string>("generated", $"The generated set: {FeatureOptions.Sets}.");
        var real = Given<string>("real", "The real set, likewise.");
        var training = Value<string?>("--train", "What the generator was trained on: gives the values that a copy of it would get.");
        var subsets = Value<int>("--kid-subsets", "Subsets of --kid.", 100).AtLeast(1);
        var size = Value<int>("--kid-subset-size", "Samples in each of them.", 1000).AtLeast(2);
        var json = Value<string?>("--json", "A file for the report with all protocols.");
        var command = new Command("metrics", "Scores a generated set against a real one; prints each value with its protocol and the " +
            "floor that real samples get.") { generated, real, training, subsets, size, json };
        var read = FeatureOptions.AddTo(command);
        Array.ForEach(Kinds, k => command.Options.Add(k.Option));
        command.SetWork((parsed, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            var features = read(parsed);
            var kinds = Kinds.Where(k => parsed.GetValue(k.Option)).Aggregate(MetricKinds.None, (all, kind) => all | kind.Kind);
            var options = new MetricOptions
            {
                Kinds = kinds == MetricKinds.None ? MetricKinds.Frechet : kinds, Seed = features.Seed,
                KernelSubsets = parsed.GetValue(subsets), KernelSubsetSize = parsed.GetValue(size),
            };
            using var sets = new FeatureSource(features, floatsAreLogits: parsed.GetValue(Classifier), cancellation);
            var report = Run(sets, parsed.GetValue(generated)!, parsed.GetValue(real)!, parsed.GetValue(training), options, cancellation);
            Console.Write(report);
            if (parsed.GetValue(json) is { } file)
            {
                report.Save(file);
                Console.WriteLine($"{file} written");
            }

            return 0;
        });
        return command;
    }

    private static MetricReport Run(FeatureSource sets, string generated, string real, string? training, MetricOptions options,
        CancellationToken cancellation)
    {
        using var generatedSource = sets.Open(generated);
        using var realSource = sets.Open(real);
        if (generatedSource.Statistics is not null || realSource.Statistics is not null)
        {
            return Distance(sets, generatedSource, realSource, options);
        }

        using var g = sets.Features(generatedSource, realSource);
        using var r = sets.Features(realSource, generatedSource);
        using var trainingSource = training is null ? null : sets.Open(training);
        using var t = trainingSource is null ? null : sets.Features(trainingSource, generatedSource);
        if (options.Kinds == MetricKinds.All && g.Logits is null)
        {
            Console.Error.WriteLine("no classifier score: features have no class logits; --isc takes a file of floats as logits.");
            options = options with { Kinds = MetricKinds.All & ~MetricKinds.Classifier };
        }

        return MetricEvaluation.Run(g, r, options, t, TerminalProgress.Begin, cancellation);
    }

    // Stored statistics are enough for one metric only.
    private static MetricReport Distance(FeatureSource sets, SampleSource generated, SampleSource real, MetricOptions options)
    {
        if (options.Kinds != MetricKinds.Frechet)
        {
            throw new ArgumentException($"{(real.Statistics is not null ? real.Name : generated.Name)} holds mu and sigma only, which " +
                $"are enough for --fid and nothing else.");
        }

        using var g = generated.Statistics is null ? sets.Features(generated, real) : null;
        using var r = real.Statistics is null ? sets.Features(real, generated) : null;
        return g is not null ? StatisticsEvaluation.Run(g, real.Name, real.Statistics!)
            : r is not null ? StatisticsEvaluation.Run(generated.Name, generated.Statistics!, r)
            : StatisticsEvaluation.Run(generated.Name, generated.Statistics!, real.Name, real.Statistics!);
    }
}
