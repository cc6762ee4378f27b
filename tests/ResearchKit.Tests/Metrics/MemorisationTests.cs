using ResearchKit.Metrics;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>C_T, AuthPct and FLD. Reference values: tests/peers/neighbours.py, those of FLD also by the authors' own code
/// (marcojira/fld).</summary>
public sealed class MemorisationTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _train;
    private readonly Tensor _test;
    private readonly Tensor _fresh;

    public MemorisationTests()
    {
        var numbers = CongruentialNumbers.Rows(1400);
        (_train, _test, _fresh) = (numbers[..500], numbers[500..1000], numbers[1000..]);
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Feature_likelihood_has_the_authors_values()
    {
        var fair = FeatureLikelihood.Of(_fresh, _test, _train, seed: null);
        Assert.Equal(1.41863918, fair.TestNll, 1e-8);
        Assert.Equal(1.32710887, fair.TrainNll, 1e-8);
        Assert.Equal(1.43746440, fair.BaselineNll, 1e-8);
        Assert.Equal(-1.88252, fair.Divergence, 1e-5);
        Assert.Equal(-9.15303, fair.Gap, 1e-5);
        var inside = FeatureLikelihood.Of((0.8 * _fresh) + 0.1, _test, _train, seed: null);
        Assert.Equal(-3.93253, inside.Divergence, 1e-5); // better than fair: it prefers the centre
        Assert.False(fair.IsMemorised || inside.IsMemorised);
        Assert.InRange(FeatureLikelihood.Of(_fresh, _test, _train).Divergence, -4, 0); // another order of the training set: other halves
    }

    [Fact]
    public void Feature_likelihood_says_memorised_instead_of_a_number()
    {
        var copies = FeatureLikelihood.Of(_train[..400], _test, _train);
        Assert.True(copies.IsMemorised);
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity], copies.Values.Select(v => v.Value));
    }

    [Fact]
    public void Feature_likelihood_leaves_constant_features_alone()
    {
        Tensor Wide(Tensor x) => cat([x, ones(x.shape[0], 1, ScalarType.Float64)], 1);
        Assert.True(double.IsFinite(FeatureLikelihood.Of(Wide(_fresh), Wide(_test), Wide(_train)).Divergence));
    }

    [Fact]
    public void The_copying_test_has_its_reference_values()
    {
        var (fresh, test, train) = (Apart(_fresh), Apart(_test), Apart(_train));
        Assert.Equal(0.49244870564539567, CopyingTest.Of(fresh, test, train), 1e-9);
        Assert.Equal(-2.1954828555067523, CopyingTest.Of(Near(fresh, train), test, train), 1e-9);
        Assert.Equal(45.5, Authenticity.Percent(fresh, train), 1e-9);
        Assert.Equal(36.75, Authenticity.Percent(Near(fresh, train), train), 1e-9);
    }

    [Fact]
    public void The_copying_test_takes_the_first_64_principal_components()
    {
        using var random = new Generator(1);
        var (basis, _) = linalg.qr(randn(80, 80, ScalarType.Float64, generator: random));
        Tensor Wide(Tensor x) => cat([x, zeros(x.shape[0], 76, ScalarType.Float64)], 1).matmul(basis) + 3;
        var (fresh, test, train) = (Apart(_fresh), Apart(_test), Apart(_train));
        Assert.Equal(0.49244870564539567, CopyingTest.Of(Wide(fresh), Wide(test), Wide(train)), 1e-6);
    }

    [Fact]
    public void Copies_are_far_below_0_and_ties_count_half()
    {
        Assert.InRange(CopyingTest.Of(_train[..400], _test, _train), -100, -10);
        Assert.Equal(0, Authenticity.Percent(_train[..400], _train));
        var one = _train[..1].repeat(30, 1);
        // every distance is 0 in both sets: U is n m / 2, and what is left is the correction for continuity
        Assert.Equal(0.5 / Math.Sqrt(30 * 40 * 71 / 12.0), CopyingTest.Of(one, _train[..1].repeat(40, 1), _train), 1e-12);
    }

    [Fact]
    public void A_cell_without_test_samples_weighs_nothing_and_where_none_is_left_the_space_is_one()
    {
        var (test, train) = (Apart(_test), Apart(_train));
        var first = tensor(Enumerable.Range(0, 166).Select(i => 3L * i).ToArray());
        var fresh = Apart(_fresh);
        var (x, y, t) = (Cell(fresh), Cell(test)[..166], Cell(train)); // those of the first cell alone
        Assert.Equal(CopyingTest.Of(x, y, t, cells: 1), CopyingTest.Of(fresh, test.index_select(0, first), train), 1e-12);
        var elsewhere = Apart(_fresh).index_select(0, tensor(Enumerable.Range(0, 130).Select(i => (3L * i) + 1).ToArray()));
        Assert.Equal(CopyingTest.Of(elsewhere, test.index_select(0, first), train, cells: 1),
            CopyingTest.Of(elsewhere, test.index_select(0, first), train), 1e-12);
        Assert.True(double.IsFinite(CopyingTest.Of(elsewhere[..5], test, train)));

        static Tensor Cell(Tensor set) => set.index_select(0, arange(0, set.shape[0], 3, ScalarType.Int64));
    }

    [Fact]
    public void Authenticity_by_hand()
    {
        var training = tensor(new[] { 0.0, 1, 10, 14 }).reshape(-1, 1); // nearest others at 1, 1, 4, 4
        var generated = tensor(new[] { 0.5, -2, 12, 1, 20 }).reshape(-1, 1); // at .5 < 1, 2 > 1, 2 < 4, 0 < 1, 6 > 4
        Assert.Equal(40, Authenticity.Percent(generated, training));
        Assert.Equal(0, Authenticity.Percent(tensor(new[] { -1.0 }).reshape(1, 1), training)); // equal is no authentic sample
    }

    [Fact]
    public void Another_width_is_named()
    {
        var wide = zeros(50, 5, ScalarType.Float64);
        foreach (var measure in (Action[])[() => CopyingTest.Of(_fresh, _test, wide), () => Authenticity.Percent(_fresh, wide),
            () => FeatureLikelihood.Of(_fresh, _test, wide)])
        {
            Assert.Contains("4 wide and training ones 5", Assert.Throws<ArgumentException>(measure).Message, StringComparison.Ordinal);
        }
    }

    private static Tensor Near(Tensor fresh, Tensor train)
    {
        var rows = Enumerable.Range(0, 400).Select(i => (i / 3 * 3 % 498) + (i % 3L)).ToArray();
        return (0.5 * fresh) + (0.5 * train.index_select(0, tensor(rows)));
    }

    // three clusters, which k-means finds
    private static Tensor Apart(Tensor x) =>
        x + (tensor(Enumerable.Range(0, (int)x.shape[0]).Select(i => 10.0 * (i % 3)).ToArray()).unsqueeze(1)
            * tensor(new[] { 1.0, 0, 0, 0 }));
}
