using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>The point distributions that options name.</summary>
internal static class PointSets
{
    public static IReadOnlyDictionary<string, Func<ToyDistribution>> All { get; } =
        new Dictionary<string, Func<ToyDistribution>>(StringComparer.Ordinal)
    {
        ["ring8"] = () => GaussianMixture.Ring(),
        ["grid25"] = () => GaussianMixture.Grid(),
        ["swiss-roll"] = () => new SwissRoll(),
        ["two-moons"] = () => new TwoMoons(),
    };

    /// <summary>The distribution that options learn, in their scale; null for pictures.</summary>
    public static ToyDistribution? Find(ExperimentOptions options) => Find(options.Data) switch
    {
        GaussianMixture mixture when options.Scale != 1 => mixture.Scaled(options.Scale),
        var points => points,
    };

    public static ToyDistribution? Find(string name) => All.TryGetValue(name, out var make) ? make() : null;
}
