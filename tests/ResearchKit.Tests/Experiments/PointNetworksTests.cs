using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;

namespace ResearchKit.Tests.Experiments;

public class PointNetworksTests
{
    private static readonly ExperimentOptions Ring = new() { Data = "ring8", Normalization = DiscriminatorNormalization.None };

    [Fact]
    public void A_scale_shrinks_the_points_and_the_mixture_that_they_are_scored_against()
    {
        var scaled = (GaussianMixture)PointSets.Find(Ring with { Scale = 0.5 })!;
        Assert.Equal((0.5, 0.005), (scaled.Means[0][0], scaled.Sigmas[0]));
        using var experiment = Experiment.Build(Ring with { Data = "grid25", Scale = 0.25, Samples = 1000, Batch = 500 });
        Assert.Equal(4 * 0.25, PointSets.Find(experiment.Options) is GaussianMixture m ? m.Means.Max(x => x[0]) : 0);
        Assert.Same(PointSets.Find(Ring)!.GetType(), scaled.GetType());
    }

    [Theory]
    [InlineData("scale=0", "The option scale is 0; it must be a finite number above 0")]
    [InlineData("scale=-1", "The option scale is -1")]
    [InlineData("architecture=big", "There is no architecture 'big'; there are auto")]
    [InlineData("normalization=Layer", "a D of its own")]
    [InlineData("features=64", "has the paper's sizes")]
    [InlineData("minibatchDeviation=4", "a D of its own")]
    [InlineData("data=fashion-mnist-small:train", "The architecture pacgan is for points, and fashion-mnist-small:train is not")]
    public void What_does_not_go_together_is_told(string change, string problem)
    {
        var options = ExperimentJson.With(Ring with { Architecture = "pacgan" }, [change]);
        Assert.Contains(problem, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_mixtures_are_scaled() =>
        Assert.Contains("swiss-roll is none",
            Assert.Throws<ArgumentException>((Ring with { Data = "swiss-roll", Scale = 2 }).Validate).Message, StringComparison.Ordinal);
}
