using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Metrics;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Fréchet distance of the averaged generator and of the step's own weights.</summary>
internal sealed class FrechetScore(ScorePictures pictures) : IRunScore
{
    public IEnumerable<(string Name, double Value)> Take()
    {
        using var images = pictures.Generate(averaged: false);
        using var now = pictures.Features("generated now", images);
        return [("frechet", FrechetDistance.Of(pictures.Generated.Features, pictures.Real.Features)),
            ("frechetNow", FrechetDistance.Of(now.Features, pictures.Real.Features))];
    }
}

/// <summary>Precision and recall, density and coverage of the averaged generator.</summary>
internal sealed class FidelityScore(ScorePictures pictures) : IRunScore
{
    private static readonly MetricOptions Options = new() { Metrics = ["prc", "prdc"],
        WithFloor = false };

    public IEnumerable<(string Name, double Value)> Take()
    {
        var report = MetricEvaluation.Run(pictures.Generated, pictures.Real, Options);
        return ((string[])["precision", "recall", "density", "coverage"]).Select(name => (name, report[name].Value)).ToList();
    }
}

/// <summary>The share of the averaged generator's first pictures that are nearer to a real one as they are than when turned.</summary>
internal sealed class TurnScore(ScorePictures pictures) : IRunScore
{
    private const int Looked = 500;

    public IEnumerable<(string Name, double Value)> Take()
    {
        using var scope = NewDisposeScope();
        var images = pictures.Generate(averaged: true);
        var first = images.narrow(0, 0, Math.Min(Looked, images.shape[0]));
        var turns = Enumerable.Range(0, 4).Select(quarters =>
        {
            using var features = pictures.Features("turned", first.rot90(quarters, (2, 3)).contiguous());
            return NearestSamples.Of(features.Features, pictures.Real.Features).Distances;
        }).ToArray();
        return [("upright", turns[0].Index().Average(d => turns.All(t => d.Item <= t[d.Index]) ? 1.0 : 0))];
    }
}
