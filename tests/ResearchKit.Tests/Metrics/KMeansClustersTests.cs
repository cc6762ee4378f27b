using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class KMeansClustersTests
{
    private readonly ReferenceTensors _reference = new("Reference/collapse.safetensors");

    [Theory]
    [InlineData("blobs", 20, 0, 20)] // a start finds the best of the blobs in 3 of 10 cases, here as there
    [InlineData("noise", 50, 1, 3)]
    public void Inertia_is_within_2_percent_of_the_best_of_scikit_learn(string set, int count, int place, int restarts)
    {
        using var scope = NewDisposeScope();
        var x = set == "blobs" ? (Draw(11, 20, 8) * 4).repeat(50, 1) + Draw(12, 1000, 8) : Draw(13, 2000, 16);
        TensorAssert.Near(_reference[$"{set}.start"], x.slice(0, 0, 3, 1), 1e-14, set);
        var best = _reference["kmeans.inertia"][place].item<double>();
        for (var seed = 0; seed < 5; seed++)
        {
            using var clusters = KMeansClusters.Fit(x, count, seed, restarts);
            Assert.InRange(clusters.Inertia / best, 0.98, 1.02);
            Assert.Equal(x.shape[0], clusters.CountIn(x).Sum());
        }
    }

    [Fact]
    public void Inertia_and_counts_are_those_of_the_centres()
    {
        using var scope = NewDisposeScope();
        var x = Draw(1, 500, 3) + 1000; // an offset must cost no digits
        using var clusters = KMeansClusters.Fit(x, 7);
        var squared = (x.unsqueeze(1) - clusters.Centers()).square().sum(2); // (500, 7)
        var (least, cell) = squared.min(1);
        Assert.Equal(1, least.sum().item<double>() / clusters.Inertia, 1e-5);
        Assert.Equal(cell.bincount(weights: null, minlength: 7).data<long>().ToArray(), clusters.CountIn(x));
        Assert.Equal(cell.data<long>().ToArray(), clusters.CellsOf(x));
    }

    [Fact]
    public void Far_blobs_are_found_and_a_seed_repeats_itself()
    {
        using var scope = NewDisposeScope();
        var x = (Draw(11, 20, 8) * 100).repeat(50, 1) + Draw(12, 1000, 8);
        using var first = KMeansClusters.Fit(x, 20, seed: 3);
        using var second = KMeansClusters.Fit(x, 20, seed: 3);
        Assert.All(first.CountIn(x), c => Assert.Equal(50, c));
        Assert.True(first.Centers().Equals(second.Centers()));
    }

    [Fact]
    public void Fewer_places_than_clusters_leave_clusters_empty()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 0.0, 0, 5, 5 }, [2, 2]).repeat(10, 1);
        using var clusters = KMeansClusters.Fit(x, 6);
        Assert.Equal(0, clusters.Inertia, 1e-9);
        Assert.Equal([0, 0, 0, 0, 10, 10], clusters.CountIn(x).Order());
    }

    [Fact]
    public void What_cannot_be_clustered_is_refused()
    {
        using var three = randn(3, 2);
        Assert.Contains("3 rows; this metric needs at least 4",
            Assert.Throws<ArgumentException>(() => KMeansClusters.Fit(three, 4)).Message, StringComparison.Ordinal);
        using var clusters = KMeansClusters.Fit(three, 2);
        using var wide = randn(3, 4);
        Assert.Contains("these are 4 wide", Assert.Throws<ArgumentException>(() => clusters.CountIn(wide)).Message,
            StringComparison.Ordinal);
    }

    private static Tensor Draw(ulong seed, long rows, long columns)
    {
        using var random = new Generator(seed);
        return randn(rows, columns, dtype: ScalarType.Float64, generator: random);
    }
}
