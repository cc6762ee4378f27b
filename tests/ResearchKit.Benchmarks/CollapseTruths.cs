using ResearchKit.Data;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>What is true of a generator at a moment, from what the monitor does not know: the mixture's modes, or a held-out
/// classifier.</summary>
/// <param name="Step">The step.</param>
/// <param name="Served">Share of the modes (classes) that have at least a quarter of their share: of the samples nearer than a quarter of
/// the modes' distance, or that the classifier is at least half sure of.</param>
/// <param name="Quality">Share of samples within 6 sigma of a mode, or that the classifier is at least half sure of.</param>
/// <param name="Distance">Fréchet distance of images to held-out ones in the classifier's features; 0 of points.</param>
/// <param name="Shares">Share of samples nearest to each mode, or of each class.</param>
internal sealed record CollapseTruth(long Step, double Served, double Quality, double Distance, double[] Shares);

/// <summary>Measures what is true of generators, on samples of its own and at the raw weights.</summary>
internal sealed class CollapseTruths : IDisposable
{
    private const int Samples = 500;

    private readonly Dictionary<string, (IFeatureNetwork Network, FeatureSet Real)> _networks = [];

    public CollapseTruth Of(GanTrainer trainer, CollapseCase at, long step)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = trainer.Sample(NormalLatents.Draw(Samples, trainer.Generator.LatentSize, 77), averaged: false);
        return at.HasPoints ? Points(x, at, step) : Pictures(x, at, step);
    }

    public void Dispose()
    {
        foreach (var (network, real) in _networks.Values)
        {
            real.Dispose();
            network.Dispose();
        }
    }

    private static CollapseTruth Points(Tensor x, CollapseCase at, long step)
    {
        var mixture = at.Mixture;
        var centers = tensor(mixture.Means.SelectMany(m => m).ToArray(), mixture.Means.Count, 2);
        var apart = mixture.Means.Skip(1).Min(m => Math.Sqrt(m.Zip(mixture.Means[0], (a, b) => (a - b) * (a - b)).Sum()));
        var (distance, mode) = (x.to(ScalarType.Float64).unsqueeze(1) - centers).square().sum(2).sqrt().min(1); // (N), (N)
        return new(step, Served(mode.masked_select(distance < apart / 4), mixture.Means.Count),
            (distance < 6 * mixture.Sigmas[0]).to(ScalarType.Float64).mean().item<double>(), 0, Shares(mode, mixture.Means.Count));
    }

    private CollapseTruth Pictures(Tensor x, CollapseCase at, long step)
    {
        if (!_networks.TryGetValue(at.Data, out var judge))
        {
            var network = FeatureNetworks.Load(at.Data == "digits" ? "digits-28" : "fashion-28");
            using var test = CollapseGame.Of(at, "test");
            using var held = test.Images.slice(0, 0, Samples, 1);
            judge = _networks[at.Data] = (network, FeatureExtraction.Of(network, "test", held));
        }

        using var set = FeatureExtraction.Of(judge.Network, "generated", PixelValues.ToBytes(x));
        var (sure, label) = set.Logits!.index_select(1, tensor(at.Kinds)).softmax(1).max(1); // (N), (N)
        var half = sure >= 0.5;
        return new(step, Served(label.masked_select(half), 5), half.to(ScalarType.Float64).mean().item<double>(),
            FrechetDistance.Of(set.Features, judge.Real.Features), Shares(label, 5));
    }

    private static double Served(Tensor modes, int count) => Shares(modes, count).Count(s => s >= 0.25 / count) / (double)count;

    private static double[] Shares(Tensor modes, int count) =>
        [.. modes.bincount(weights: null, minlength: count).data<long>().ToArray().Select(c => (double)c / Samples)];
}
