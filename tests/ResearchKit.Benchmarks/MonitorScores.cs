using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Runs;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;

namespace ResearchKit.Benchmarks;

/// <summary>Measures whether a run's generator is good, whatever its losses say: the exact Wasserstein distance of 500 points, or the
/// Fréchet distance of 1,000 images to held-out clothes (features of fashion-28).</summary>
internal sealed class MonitorScores : IDisposable
{
    private readonly IFeatureNetwork _network = FeatureNetworks.Load("fashion-28");
    private readonly FeatureSet _real;

    public MonitorScores()
    {
        using var test = DataCatalog.Find().LoadImages("fashion-mnist-small", "test");
        using var held = test.Images.slice(0, 0, 2000, 1);
        _real = FeatureExtraction.Of(_network, "test", held);
    }

    /// <summary>The distance, lower is better, and the modes that were captured (of points).</summary>
    public (double Distance, string Modes) Of(RunFolder run)
    {
        using var scope = NewDisposeScope();
        using var generator = GeneratorFile.Load(run.GeneratorFile);
        generator.eval();
        using var noGrad = no_grad();
        if (DataKinds.KindOf(run.Options.Data) == SampleKind.Images)
        {
            using var pictures = FeatureExtraction.Of(_network, "generated",
                PixelValues.ToBytes(generator.call(NormalLatents.Draw(1000, generator.LatentSize, seed: 1))));
            return (FrechetDistance.Of(pictures.Features, _real.Features), "");
        }

        var truth = run.Options.Data.Data == "ring8" ? GaussianMixture.Ring() : GaussianMixture.Grid();
        var points = generator.call(NormalLatents.Draw(2500, generator.LatentSize, seed: 1));
        var modes = ModeCoverage.Measure(points, truth);
        return (WassersteinDistance.Of(points.slice(0, 0, 500, 1), truth.Sample(500, 99)), $"{modes.Modes}/{modes.ModeCount}");
    }

    public void Dispose()
    {
        _real.Dispose();
        _network.Dispose();
    }
}
