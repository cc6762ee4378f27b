using System.CommandLine;
using System.Globalization;
using ResearchKit.Metrics;
using ResearchKit.Runtime;

namespace ResearchKit.Cli;

/// <summary><c>researchkit metrics GENERATED REAL [--fid] [--kid] ...</c>.</summary>
internal static class MetricsCommand
{
    private static readonly (Option<bool> Option, MetricKinds Kind)[] Kinds =
    [
        (Flag("--fid", "Fréchet distance of the features."), MetricKinds.Frechet),
        (Flag("--kid", "Kernel distance: 100 subsets of 1000, seed 2020."), MetricKinds.Kernel),
        (Flag("--isc", "Classifier score of the generated set, by the Inception Score's formula: 10 splits; a file of floats is taken as logits."), MetricKinds.Classifier),
        (Flag("--prc", "Improved precision and recall, k 3."), MetricKinds.PrecisionRecall),
        (Flag("--prdc", "Density and coverage, k 5."), MetricKinds.DensityCoverage),
        (Flag("--vendi", "Vendi score of the generated set."), MetricKinds.Vendi),
        (Flag("--mind", "MIND, a sliced Wasserstein distance, 1000 directions."), MetricKinds.Mind),
        (Flag("--all", "All of them."), MetricKinds.All),
    ];

    public static Command Create()
    {
        var generated = new Argument<string>("generated") { Description = "The generated set: a folder of pictures, a .npy or .npz file (uint8 pictures N H W C, float features N D, or mu and sigma), or SET:PART of the data catalog." };
        var real = new Argument<string>("real") { Description = "The real set, likewise." };
        var network = new Option<string>("--network") { Description = "The feature network for pictures; see `network list`.", DefaultValueFactory = _ => "fashion-28" };
        var training = new Option<string?>("--train") { Description = "What the generator was trained on: gives the values that a copy of it would get." };
        var samples = new Option<int?>("--samples") { Description = "Takes only so many samples of each set, the first ones." };
        var subset = new Option<int>("--kid-subset-size") { Description = "Samples in each subset of --kid.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<long>("--seed") { Description = "Of what is drawn.", DefaultValueFactory = _ => 2020 };
        var batch = new Option<int>("--batch-size") { Description = "Pictures at a time.", DefaultValueFactory = _ => 256 };
        var json = new Option<string?>("--json") { Description = "A file for the report with all protocols." };
        var strict = Flag("--strict", "Stops at the first picture that cannot be read, instead of leaving it out.");
        var command = new Command("metrics", "Scores a generated set against a real one; prints each value with its protocol and the floor that real samples get.") { generated, real, network, training, samples, subset, seed, batch, json, strict };
        Array.ForEach(Kinds, k => command.Options.Add(k.Option));
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var kinds = Kinds.Where(k => parsed.GetValue(k.Option)).Aggregate(MetricKinds.None, (all, k) => all | k.Kind);
                var options = new MetricOptions { Kinds = kinds == MetricKinds.None ? MetricKinds.Frechet : kinds, Seed = parsed.GetValue(seed), KernelSubsetSize = parsed.GetValue(subset) };
                NativeRuntime.EnsureLoaded();
                using var sets = new FeatureSource(parsed.GetValue(network)!, parsed.GetValue(batch), parsed.GetValue(strict), parsed.GetValue(samples), options.Kinds == MetricKinds.Classifier, cancellation);
                return Run(sets, parsed.GetValue(generated)!, parsed.GetValue(real)!, parsed.GetValue(training), options, parsed.GetValue(json), cancellation);
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(FeatureSource sets, string generated, string real, string? training, MetricOptions options, string? json, CancellationToken cancellation)
    {
        using var generatedSource = sets.Open(generated);
        using var realSource = sets.Open(real);
        if (generatedSource.Statistics is not null || realSource.Statistics is not null)
        {
            return Distance(sets, generatedSource, realSource, options);
        }

        using var g = sets.Features(generatedSource);
        using var r = sets.Features(realSource);
        using var trainingSource = training is null ? null : sets.Open(training);
        using var t = trainingSource is null ? null : sets.Features(trainingSource);
        if (options.Kinds == MetricKinds.All && g.Logits is null)
        {
            Console.Error.WriteLine("no classifier score: features have no class logits; --isc alone takes a file of floats as logits.");
            options = options with { Kinds = MetricKinds.All & ~MetricKinds.Classifier };
        }

        var report = MetricEvaluation.Run(g, r, options, t, cancellation: cancellation);
        Console.Write(report);
        if (json is not null)
        {
            report.Save(json);
            Console.WriteLine($"{json} written");
        }

        return 0;
    }

    // Stored statistics are enough for one metric only.
    private static int Distance(FeatureSource sets, SampleSource generated, SampleSource real, MetricOptions options)
    {
        if (options.Kinds != MetricKinds.Frechet)
        {
            throw new ArgumentException($"{(real.Statistics is not null ? real.Name : generated.Name)} holds mu and sigma only, which are enough for --fid and nothing else.");
        }

        using var g = generated.Statistics is null ? sets.Features(generated) : null;
        using var r = real.Statistics is null ? sets.Features(real) : null;
        var value = (g, r) switch
        {
            (null, null) => FrechetDistance.Of(generated.Statistics!, real.Statistics!),
            ({ } features, null) => FrechetDistance.Of(features.Features, real.Statistics!),
            (null, { } features) => FrechetDistance.Of(features.Features, generated.Statistics!), // symmetric
            var (a, b) => FrechetDistance.Of(a.Features, b.Features),
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"frechet-distance  {value:G9}  {generated.Name} against {real.Name} (stored statistics)"));
        return 0;
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };
}
