using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Metrics;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of generated points, from the averaged generator.</summary>
internal sealed class PointScores(GanTrainer trainer, ToyDistribution target, string kind, int samples, int latent) : IRunScore
{
    private const int TransportPoints = 500; // the exact distance takes the cube of it
    private const long FreshSeed = 1_000_003; // no run's data are drawn with it

    public IEnumerable<(string Name, double Value)> Take()
    {
        using var scope = NewDisposeScope();
        var generated = trainer.Sample(NormalLatents.Draw(kind == "modes" ? samples : TransportPoints, latent, seed: 1)); // (N, D)
        if (kind == "transport")
        {
            var isFinite = generated.isfinite().all().item<bool>();
            return [("wasserstein", isFinite ? WassersteinDistance.Of(generated, target.Sample(TransportPoints, FreshSeed)) : double.NaN)];
        }

        var coverage = ModeCoverage.Measure(generated, (GaussianMixture)target);
        return
        [
            ("modes", coverage.Modes), ("highQuality", coverage.HighQuality), ("withinSixSigma", coverage.WithinSixSigma),
                ("offModeMass", coverage.OffModeMass), ("reverseKl", coverage.ReverseKl),
        ];
    }
}
