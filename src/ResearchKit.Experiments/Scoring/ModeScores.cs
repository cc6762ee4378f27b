using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Building;
using ResearchKit.Metrics;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of points and of stacked digits, from the averaged generator.</summary>
internal static class ModeScores
{
    private const int TransportPoints = 500; // the exact distance takes the cube of it
    private const long FreshSeed = 1_000_003; // no run's data are drawn with it
    private const int PublishedTriples = 26_000; // VEEGAN's
    private const int PartSize = 1000; // 26,000 images at once would take 245 MB

    /// <summary>Modes of a mixture.</summary>
    public static double[] Mixture(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var points = Points(context, context.Options.Scoring.ScoreSamples ?? 10_000);
        var coverage = ModeCoverage.Measure(points, (GaussianMixture)Target(context));
        return [coverage.Modes, coverage.HighQuality, coverage.WithinSixSigma, coverage.OffModeMass, coverage.ReverseKl];
    }

    /// <summary>The exact Wasserstein distance.</summary>
    public static double[] Transport(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var generated = Points(context, TransportPoints);
        return [generated.isfinite().all().item<bool>()
            ? WassersteinDistance.Of(generated, Target(context).Sample(TransportPoints, FreshSeed))
            : double.NaN];
    }

    /// <summary>Modes of stacked digits.</summary>
    public static double[] Stacked(ScoreContext context)
    {
        var modes = StackedModes.Measure(Triples(context), context.Classifier);
        return [modes.Modes, modes.ModesWithoutGate, modes.Uncertain, modes.Confidence, modes.ReverseKl, modes.ReverseKlWithoutGate];
    }

    private static ToyDistribution Target(ScoreContext context) =>
        DataKinds.Of(context.Options.Data).Points(context.Options.Data)!;

    private static Tensor Points(ScoreContext context, int count) =>
        context.Trainer.Sample(NormalLatents.Draw(count, context.Trainer.Generator.LatentSize, seed: 1)); // (N, D)

    private static IEnumerable<Tensor> Triples(ScoreContext context)
    {
        var count = context.Options.Scoring.ScoreSamples ?? PublishedTriples;
        using var z = NormalLatents.Draw(count, context.Trainer.Generator.LatentSize, seed: 1);
        for (long start = 0; start < z.shape[0]; start += PartSize)
        {
            using var part = z.narrow(0, start, Math.Min(PartSize, z.shape[0] - start));
            using var images = context.Trainer.Sample(part);
            yield return images;
        }
    }
}
