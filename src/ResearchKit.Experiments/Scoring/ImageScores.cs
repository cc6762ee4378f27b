using ResearchKit.Data;
using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Metrics;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of images.</summary>
internal static class ImageScores
{
    private const int Turned = 500;

    private static readonly MetricOptions FidelityOptions = new()
    {
        Metrics = ["prc", "prdc"], WithFloor = false, WithInterval = false,
    };

    /// <summary>Fréchet distance of the averaged generator and of the step's own weights.</summary>
    public static double[] Frechet(ScoreContext context)
    {
        var images = context.Images;
        using var raw = images.Generate(averaged: false);
        using var now = images.Features("generated now", raw);
        var real = images.Real.Features;
        return [FrechetDistance.Of(images.Generated.Features, real), FrechetDistance.Of(now.Features, real)];
    }

    /// <summary>Precision and recall, density and coverage of the averaged generator.</summary>
    public static double[] Fidelity(ScoreContext context)
    {
        var report = MetricEvaluation.Run(context.Images.Generated, context.Images.Real, FidelityOptions);
        return [report["precision"].Value, report["recall"].Value, report["density"].Value, report["coverage"].Value];
    }

    /// <summary>How much D has learned its training images by heart, and how much G repeats them.</summary>
    public static double[] Overfitting(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var images = context.Images;
        var probe = OverfittingProbe.Take(context.Experiment.Discriminator, Batch(images.Trained), Batch(images.HeldOut),
            images.GenerateRaw());
        var each = Math.Min(images.Trained.Count, images.HeldOut.Count); // of as many neighbours, so that neither has the better chance
        using var trained = images.Features("trained on", images.Trained.Images.narrow(0, 0, each));
        using var held = images.Features("held out", images.HeldOut.Images.narrow(0, 0, each));
        var nearest = NearestSamples.Of(images.Generated.Features, trained.Features);
        var adaptive = context.Experiment.Game.Augmentations.OfType<AdaptiveAugmentation>().FirstOrDefault();
        return [probe.TrainLogit, probe.HeldOutLogit, probe.FakeLogit, probe.TrainSigns, probe.HeldOutSigns, adaptive?.P ?? 0,
            nearest.ShareNearerThan(NearestSamples.Of(images.Generated.Features, held.Features))];
    }

    /// <summary>What D tells of the distance between held-out and generated images: a critic its Wasserstein estimate, another D its
    /// estimate of the Jensen-Shannon divergence (arXiv:1406.2661, eq. 1).</summary>
    public static double[] Estimate(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var discriminator = context.Experiment.Discriminator;
        using var evaluation = new EvaluationMode(discriminator);
        var device = discriminator.parameters().First().device;
        var fake = context.Images.GenerateRaw(); // (N, C, H, W)
        var real = Batch(context.Images.HeldOut, (int)fake.Samples.shape[0]);
        var (r, f) = (Judge(real), Judge(fake)); // (N), (N)
        var estimate = context.Options.Game.Loss == "wasserstein"
            ? r.mean() - f.mean()
            : Math.Log(2) - ((nn.functional.softplus(-r).mean() + nn.functional.softplus(f).mean()) / 2);
        return [estimate.item<float>()];

        Tensor Judge(Batch batch) => discriminator.Call(batch.Samples.to(device), batch.Labels);
    }

    /// <summary>The share of the averaged generator's first images that are nearer to a real one as they are than when turned.</summary>
    public static double[] Turns(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var images = context.Images.Generate(averaged: true);
        var first = images.narrow(0, 0, Math.Min(Turned, images.shape[0]));
        var turns = Enumerable.Range(0, 4).Select(quarters =>
        {
            using var features = context.Images.Features("turned", first.rot90(quarters, (2, 3)).contiguous());
            return NearestSamples.Of(features.Features, context.Images.Real.Features).Distances;
        }).ToArray();
        return [turns[0].Index().Average(d => turns.All(t => d.Item <= t[d.Index]) ? 1.0 : 0)];
    }

    private static Batch Batch(ImageSet set, int most = int.MaxValue) =>
        new(set.First(most), set.Labels?.narrow(0, 0, Math.Min(most, set.Count)));
}
