using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Diagnostics;
using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>One run of notebook 06, with the notebook's settings: looked at ten times.</summary>
internal static class SmallDataRun
{
    public const string Columns = "arm,seed,steps,step,train_logit,held_out_logit,fake_logit,train_signs,held_out_signs,p,d_loss,g_loss,frechet,precision,recall,density,coverage,nearer_train,upright";

    private const int Looks = 10;

    public static IReadOnlyList<string> Arms { get; } = ["500-none", "500-diffaugment", "500-ada", "8000-none", "500-turned", "500-turned-half"];

    public static IReadOnlyList<string> Rows(string arm, int seed, int steps)
    {
        using var scope = NewDisposeScope();
        CpuThreads.Use(1);
        using var train = DataCatalog.Find().LoadImages("fashion-mnist-small", "train");
        using var test = DataCatalog.Find().LoadImages("fashion-mnist-small", "test");
        using var part = new ImageSet("first", train.Images.slice(0, 0, arm.StartsWith("8000", StringComparison.Ordinal) ? 8000 : 500, 1).clone());
        using var network = NetworkCatalog.Find().Load("fashion-28");
        using var real = FeatureExtraction.Of(network, "test", test.Images.slice(0, 0, 2000, 1));
        using var known = FeatureExtraction.Of(network, "trained on", train.Images.slice(0, 0, 500, 1));
        using var unknown = FeatureExtraction.Of(network, "held out", train.Images.slice(0, 8000, 8500, 1));
        using var batches = new ImageBatches(part, batchSize: 16, seed);
        using var trainer = Trainer(batches, Augmentation(arm, seed), seed, out var discriminator, out var ada);
        var (x, heldOut) = (train.First(500), train.Batch(arange(8000, 10_000)));
        var z = NormalLatents.Draw(1000, 100, seed: 1);
        var (rows, since) = (new List<string>(), new List<StepReport>());
        foreach (var step in trainer.Run(steps))
        {
            since.Add(step);
            if (step.Step % (steps / Looks) == 0)
            {
                using var look = NewDisposeScope();
                var probe = OverfittingProbe.Take(discriminator, x, heldOut, trainer.Sample(z, averaged: false));
                var images = PixelValues.ToBytes(trainer.Sample(z));
                double[] values =
                [
                    probe.TrainLogit, probe.HeldOutLogit, probe.FakeLogit, probe.TrainSigns, probe.HeldOutSigns, ada?.P ?? 0,
                    since.Average(s => s.DiscriminatorLoss), since.Average(s => s.GeneratorLoss), .. Scores(network, images, real, known, unknown),
                ];
                rows.Add(string.Create(CultureInfo.InvariantCulture, $"{step.Step},{string.Join(',', values.Select(v => v.ToString("G5", CultureInfo.InvariantCulture)))}"));
                since.Clear();
            }
        }

        return rows;
    }

    private static IAugmentation[] Augmentation(string arm, int seed) => arm switch
    {
        "500-diffaugment" => [new DiffAugment(DiffAugmentTransforms.All, seed)],
        "500-ada" => [new AdaptiveAugmentation(new AdaptiveController(target: 0.6, speed: 20_000), AdaptiveTransforms.All, seed)],
        "500-turned" => [new AdaptiveAugmentation(1.0, AdaptiveTransforms.QuarterTurn, seed)],
        "500-turned-half" => [new AdaptiveAugmentation(0.5, AdaptiveTransforms.QuarterTurn, seed)],
        _ => [],
    };

    private static GanTrainer Trainer(ImageBatches batches, IAugmentation[] augmentations, int seed, out DcganDiscriminator discriminator, out AdaptiveAugmentation? ada)
    {
        RandomState.Seed(seed);
        var generator = new DcganGenerator(imageSize: 28, channels: 1, features: 16);
        discriminator = new DcganDiscriminator(imageSize: 28, channels: 1, features: 16, DiscriminatorNormalization.None);
        ada = augmentations.OfType<AdaptiveAugmentation>().FirstOrDefault();
        var options = new TrainerOptions { GeneratorLearningRate = 2e-3, DiscriminatorLearningRate = 2e-3, AverageDecay = 0.995, Seed = seed, Threads = 1 };
        return new GanTrainer(generator, discriminator, new NonSaturatingLoss(), batches, options, augmentations: augmentations);
    }

    private static double[] Scores(IFeatureNetwork network, Tensor images, FeatureSet real, FeatureSet known, FeatureSet unknown)
    {
        using var features = FeatureExtraction.Of(network, "generated", images);
        var options = new MetricOptions { Kinds = MetricKinds.Frechet | MetricKinds.PrecisionRecall | MetricKinds.DensityCoverage, WithFloor = false };
        var report = MetricEvaluation.Run(features, real, options);
        var nearer = NearestSamples.Of(features.Features, known.Features).ShareNearerThan(NearestSamples.Of(features.Features, unknown.Features));
        return [.. ((string[])["frechet-distance", "precision", "recall", "density", "coverage"]).Select(m => report[m].Value), nearer, Upright(network, images, real)];
    }

    // The share of the first 500 that look more like a held-out image as they are than turned by 90, 180 or 270 degrees.
    private static double Upright(IFeatureNetwork network, Tensor images, FeatureSet real)
    {
        var turns = Enumerable.Range(0, 4).Select(quarters =>
        {
            using var features = FeatureExtraction.Of(network, "turned", images.slice(0, 0, 500, 1).rot90(quarters, (2, 3)).contiguous());
            return NearestSamples.Of(features.Features, real.Features).Distances;
        }).ToArray();
        return turns[0].Index().Average(d => turns.All(t => d.Item <= t[d.Index]) ? 1.0 : 0);
    }
}
