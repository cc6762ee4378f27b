using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Tests.Experiments.Building;

public class PointDataTests
{
    private static readonly ExperimentOptions Ring = new ExperimentOptions().With("data=ring8", "normalization=None");

    [Fact]
    public void A_scale_shrinks_the_points_and_the_mixture_that_they_are_scored_against()
    {
        var scaled = Mixture(Ring.With("scale=0.5"));
        Assert.Equal((0.5, 0.005), (scaled.Means[0][0], scaled.Sigmas[0]));
        using var experiment = Experiment.Build(Ring.With("data=grid25", "scale=0.25", "samples=1000", "batch=500"));
        Assert.Equal(4 * 0.25, Mixture(experiment.Options).Means.Max(x => x[0]));
    }

    [Theory]
    [InlineData("scale=0", "The option scale is 0; it must be a finite number above 0")]
    [InlineData("scale=-1", "The option scale is -1")]
    [InlineData("architecture=big", "There is no architecture 'big'; there are mlp, dcgan, pacgan")]
    [InlineData("normalization=Layer", "a D of its own")]
    [InlineData("features=64", "has no choice of features: leave that at auto")]
    [InlineData("minibatchDeviation=4", "has no choice of minibatchDeviation")]
    [InlineData("data=fashion-mnist-small:train", "The architecture pacgan is for points, and the data are images: choose auto.")]
    public void What_does_not_go_together_is_told(string change, string problem)
    {
        var options = Ring.With("architecture=pacgan", change);
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => Experiment.Check(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_mixtures_are_scaled() =>
        Assert.Contains("swiss-roll is none",
            Assert.Throws<ArgumentException>(() => Experiment.Check(Ring.With("data=swiss-roll", "scale=2"))).Message,
            StringComparison.Ordinal);

    private static GaussianMixture Mixture(ExperimentOptions options) =>
        Assert.IsType<GaussianMixture>(DataKinds.Of(options.Data).Points(options.Data));
}
