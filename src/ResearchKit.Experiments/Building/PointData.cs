using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Points of a distribution that is known.</summary>
internal sealed class PointData(string name, string purpose, Func<ToyDistribution> create) : DataKind(name, purpose)
{
    private const int Drawn = 100_000;

    internal override SampleKind Kind => SampleKind.Points;

    internal override SampleShape Shape(DataOptions options) => new(SampleKind.Points, create().Dimensions, 1);

    internal override ToyDistribution Points(DataOptions options) => create() switch
    {
        GaussianMixture mixture when options.Scale != 1 => mixture.Scaled(options.Scale),
        var points => points,
    };

    internal override int? Modes(DataOptions options) => (create() as GaussianMixture)?.Means.Count;

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        using var drawn = Points(options).Sample(options.Samples ?? Drawn, seed);
        var points = drawn.to(device, copy: true);
        var batches = new PointBatches(points, options.Batch, seed);
        return new LoadedData(Shape(options), batches, batches, points);
    }
}
