using ResearchKit.Data.Catalog;
using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Collapse;

public class FeatureSpectrumTests
{
    [Fact]
    public void Eigenvalues_and_rank_are_numpys()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors("Reference/collapse.safetensors");
        var sets = new Dictionary<string, Tensor>
        {
            ["tall"] = Draw(21, 200, 12) * linspace(0.1, 3, 12, dtype: ScalarType.Float64),
            ["wide"] = Draw(22, 15, 40),
            ["low"] = Draw(23, 300, 5).matmul(Draw(24, 5, 30)) + 100,
        };
        foreach (var (name, x) in sets)
        {
            TensorAssert.Near(reference[$"spectrum.{name}.start"], x.slice(0, 0, 2, 1), 1e-6, name); // linspace differs in its last digits
            var spectrum = FeatureSpectrum.Of(x);
            var count = spectrum.Eigenvalues.Count;
            TensorAssert.Near(reference[$"spectrum.{name}.eigenvalues"].slice(0, 0, count, 1), tensor(spectrum.Eigenvalues.ToArray()),
                1e-6, name);
            Assert.Equal(reference[$"spectrum.{name}.rank"].item<long>(), spectrum.Rank);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void A_round_gaussian_of_known_rank_has_it_in_every_measure(int rank)
    {
        using var scope = NewDisposeScope();
        var (axes, _) = linalg.qr(Draw(1, 64, rank)); // (64, rank), orthonormal
        var spectrum = FeatureSpectrum.Of(Draw(2, 50_000, rank).matmul(axes.t()) * 5 - 3);
        Assert.Equal(rank, spectrum.Rank);
        Assert.Equal(rank, spectrum.EffectiveRank, 0.01);
        Assert.Equal(rank, spectrum.ParticipationRatio, 0.02);
        Assert.Equal(rank, spectrum.Directions95);
        Assert.Equal(25 * rank, spectrum.Variance, 1.0 * rank);
        Assert.True(spectrum.ParticipationRatio <= spectrum.EffectiveRank + 1e-9 && spectrum.EffectiveRank <= spectrum.Rank + 1e-9);
    }

    [Fact]
    public void Two_variances_have_their_closed_form()
    {
        using var scope = NewDisposeScope();
        var spectrum = FeatureSpectrum.Of(tensor(new[] { 3.0, 0, -3, 0, 0, 1, 0, -1 }, [4, 2])); // variances 6 and 2/3
        Assert.Equal([6, 2 / 3.0], spectrum.Eigenvalues, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(Math.Exp(-0.9 * Math.Log(0.9) - 0.1 * Math.Log(0.1)), spectrum.EffectiveRank, 1e-12);
        Assert.Equal(1 / 0.82, spectrum.ParticipationRatio, 1e-12);
        Assert.Equal(2, spectrum.Directions95);
        Assert.Equal("effective rank 1.38 of 2 directions (participation ratio 1.22, rank 2), 95 % of the variance in 2, 4 samples",
            spectrum.ToString());
    }

    [Fact]
    public void Samples_that_are_all_one_vary_in_no_direction()
    {
        using var scope = NewDisposeScope();
        var spectrum = FeatureSpectrum.Of(Draw(1, 1, 20).repeat(30, 1) * 1e3);
        Assert.Equal((0, 0.0, 0.0, 0, 0.0),
            (spectrum.Rank, spectrum.EffectiveRank, spectrum.ParticipationRatio, spectrum.Directions95, spectrum.Variance));
    }

    [Fact]
    public void Around_another_point_the_way_to_it_counts()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 3.0, 0, -3, 0, 0, 1, 0, -1 }, [4, 2]);
        Assert.Equal([4.5, 0.5], FeatureSpectrum.Of(x, zeros(2)).Eigenvalues, (a, b) => Math.Abs(a - b) < 1e-12); // n, not n - 1
        Assert.Equal(1, FeatureSpectrum.Of(Draw(1, 1, 20).repeat(30, 1), zeros(20)).EffectiveRank, 1e-9);
        Assert.Contains("shape (2), not (3)", Assert.Throws<ArgumentException>(() => FeatureSpectrum.Of(x, zeros(3))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fashion-28", "fashion-mnist-small", 240)]
    [InlineData("digits-28", "digits", 120)]
    public void Effective_rank_and_Vendi_score_fall_with_the_classes_kept(string classifier, string data, int samples)
    {
        int[] steps = [10, 8, 6, 4, 2, 1];
        using var scope = NewDisposeScope();
        using var network = FeatureNetworks.Load(classifier);
        using var images = DataCatalog.Find().LoadImages(data, "test");
        using var set = FeatureExtraction.Of(network, images);
        var (features, chances) = (set.Features, set.Logits!.softmax(1));
        var rows = Enumerable.Range(0, 10).Select(c => (images.Labels! == c).nonzero().flatten()).ToArray();
        // none of those that are measured
        var real = features.index_select(0, cat([.. rows.Select(r => r.slice(0, samples, long.MaxValue, 1))]));
        using var units = FeatureWhitening.Of(real);
        var (around, white) = (real.mean([0]), units.Apply(features));
        var measures = new (string Name, bool InEachOrder, Func<Tensor, double> Of)[]
        {
            ("effective rank of whitened features", true,
                x => FeatureSpectrum.Of(white.index_select(0, x), zeros(units.Directions)).EffectiveRank),
            ("Vendi score of whitened features", true, x => VendiScore.OfFeatures(white.index_select(0, x))),
            ("effective rank of class probabilities", true, x => FeatureSpectrum.Of(chances.index_select(0, x), zeros(10)).EffectiveRank),
            ("Vendi score of class probabilities", true, x => VendiScore.OfFeatures(chances.index_select(0, x))),
            ("effective rank of features around the real mean", false,
                x => FeatureSpectrum.Of(features.index_select(0, x), around).EffectiveRank),
            ("Vendi score of features", false, x => VendiScore.OfFeatures(features.index_select(0, x))),
        };
        int[][] orders = [[.. Enumerable.Range(0, 10)], .. Enumerable.Range(0, 20).Select(Shuffled)];
        foreach (var (name, inEachOrder, measure) in measures)
        {
            var (values, means, text) = Run(name, measure);
            Assert.True(Falls(means) && values.All(v => v[0] > v[^1]), text);
            // a network's own features know that two kinds of shoes are alike, and hear its loudest directions alone
            Assert.True(!inEachOrder || values.All(Falls), text);
        }

        var (_, blind, told) = Run("effective rank of features around their own mean",
            x => FeatureSpectrum.Of(features.index_select(0, x)).EffectiveRank);
        Assert.True(blind[^1] > blind[0], told); // one class alone varies in more directions than ten

        (double[][] Values, double[] Means, string Text) Run(string name, Func<Tensor, double> measure)
        {
            // as many samples, from fewer classes
            double[][] values = [.. orders.Select(o => steps.Select(kept => measure(cat([.. o[..kept]
                .Select(c => rows[c].slice(0, 0, samples / kept, 1))]))).ToArray())];
            double[] means = [.. steps.Select((_, i) => values.Average(v => v[i]))];
            return (values, means, $"{name}: mean of {orders.Length} orders {string.Join(", ", means.Select(m => $"{m:0.00}"))}; " +
                $"{values.Count(Falls)} orders fall strictly");
        }

        static int[] Shuffled(int seed)
        {
            var order = Enumerable.Range(0, 10).ToArray();
            new Random(seed).Shuffle(order);
            return order;
        }

        static bool Falls(double[] values) => values.Zip(values.Skip(1), (a, b) => a > b).All(falls => falls);
    }

    private static Tensor Draw(ulong seed, long rows, long columns)
    {
        using var random = new Generator(seed);
        return randn(rows, columns, dtype: ScalarType.Float64, generator: random);
    }
}
