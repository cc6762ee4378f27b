using ResearchKit.Data.Catalog;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Collapse;

public class DifferentBinsTests
{
    private const int MostByChance = 11; // the 99 % band of Binomial(100, 0.05) is 0 to 11: scipy.stats.binom.interval

    [Fact]
    public void Two_histograms_compare_as_scipy_says()
    {
        var reference = new ReferenceTensors("Reference/collapse.safetensors");
        long[] Counts(string name) => reference[name].data<long>().ToArray();
        var result = DifferentBins.OfCounts(Counts("ndb.fake"), Counts("ndb.real"));
        var (z, p) = (reference["ndb.z"].data<double>().ToArray(), reference["ndb.p"].data<double>().ToArray());
        Assert.Equal(z, result.Scores.Select(v => v), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(p.Count(v => v < 0.05), result.Different);
        Assert.Equal(reference["ndb.jsd"].item<double>(), result.JensenShannon, 1e-12);
        Assert.Equal(0, result.Scores[5]); // neither set is in that bin
        Assert.Equal(p.Count(v => v < 1e-6), DifferentBins.OfCounts(Counts("ndb.fake"), Counts("ndb.real"), 1e-6).Different);
    }

    [Fact]
    public void Real_against_real_differs_as_often_as_chance_says_and_one_mode_of_25_nearly_everywhere()
    {
        var grid = GaussianMixture.Grid();
        var counts = new List<int>();
        for (var seed = 0; seed < 5; seed++)
        {
            using var scope = NewDisposeScope();
            using var bins = BinPartition.Fit(grid.Sample(10_000, seed), seed: seed);
            var real = grid.Sample(10_000, seed + 100);
            counts.Add(DifferentBins.Of(grid.Sample(10_000, seed + 200), real, bins).Different);
            var collapsed = DifferentBins.Of(grid.Only(seed * 6).Sample(10_000, seed + 300), real, bins);
            Assert.InRange(collapsed.Different, 91, 100);
            Assert.InRange(collapsed.JensenShannon, 0.5, Math.Log(2));
        }

        Assert.All(counts, c => Assert.InRange(c, 0, MostByChance));
        Assert.InRange(counts.Average(), 2.5, 7.5); // 2.6 standard errors around 5
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Real_pictures_against_others_differ_as_chance_says_and_one_class_does_not(bool standardize)
    {
        using var scope = NewDisposeScope();
        using var set = DataCatalog.Find().LoadImages("fashion-mnist-small", "train");
        var pixels = (set.Images.to(ScalarType.Float32) / 255).flatten(1); // (10000, 784)
        using var random = new Generator(7);
        var order = randperm(10_000, generator: random);
        Tensor Part(long start, long end) => pixels.index_select(0, order.slice(0, start, end, 1));
        using var bins = BinPartition.Fit(Part(0, 4000), standardize: standardize);
        Assert.Equal((100, 4000, standardize), (bins.Bins, bins.Samples, bins.Standardized));
        Assert.InRange(DifferentBins.Of(Part(4000, 7000), Part(7000, 10_000), bins).Different, 0, MostByChance);
        var sneakers = pixels.index_select(0, (set.Labels! == 7).nonzero().flatten());
        var collapsed = DifferentBins.Of(sneakers, Part(7000, 10_000), bins);
        Assert.InRange(collapsed.Different, 60, 100); // some bins are too small to tell 30 expected from none
        Assert.Equal(collapsed.Different / 100.0, collapsed.Share);
    }

    [Fact]
    public void It_says_what_it_found() => Assert.Equal(
        "2 of 2 bins differ (about 0.1 would by chance), Jensen-Shannon divergence 0.6931 nats, 50 generated against 1,000 real samples",
        DifferentBins.OfCounts([0, 50], [1000, 0]).ToString());

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        Assert.Throws<ArgumentException>(() => DifferentBins.OfCounts([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => DifferentBins.OfCounts([0, 0], [1, 1]));
        Assert.Throws<ArgumentException>(() => DifferentBins.OfCounts([-1, 2], [1, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => DifferentBins.OfCounts([1, 2], [1, 1], level: 1));
        using var x = randn(10, 2);
        using var bins = BinPartition.Fit(x, 3);
        using var wide = randn(10, 4);
        Assert.Contains("samples of shape (N, 2)", Assert.Throws<ArgumentException>(() => DifferentBins.Of(x, wide, bins)).Message,
            StringComparison.Ordinal);
    }
}
