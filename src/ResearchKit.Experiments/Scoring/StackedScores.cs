using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Options;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Scoring;

/// <summary>The modes of stacked digits that the averaged generator makes.</summary>
internal sealed class StackedScores(GanTrainer trainer, ExperimentOptions options) : IRunScore, IDisposable
{
    private const int PublishedSamples = 26_000; // VEEGAN's
    private const int PartSize = 1000; // 26,000 pictures at once would take 245 MB

    private readonly IFeatureNetwork _classifier =
        FeatureNetworks.Load(options.Network == ScoreKinds.Auto ? "digits-28" : options.Network);

    public IEnumerable<(string Name, double Value)> Take()
    {
        var modes = StackedModes.Measure(Generated(), _classifier);
        return [("modes", modes.Modes), ("modesWithoutGate", modes.ModesWithoutGate), ("uncertain", modes.Uncertain),
            ("confidence", modes.Confidence), ("reverseKl", modes.ReverseKl),
            ("reverseKlWithoutGate", modes.ReverseKlWithoutGate)];
    }

    public void Dispose() => _classifier.Dispose();

    private IEnumerable<Tensor> Generated()
    {
        using var z = NormalLatents.Draw(options.ScoreSamples == 0 ? PublishedSamples : options.ScoreSamples, options.Latent, seed: 1);
        for (long start = 0; start < z.shape[0]; start += PartSize)
        {
            using var part = z.narrow(0, start, Math.Min(PartSize, z.shape[0] - start));
            using var images = trainer.Sample(part);
            yield return images;
        }
    }
}
