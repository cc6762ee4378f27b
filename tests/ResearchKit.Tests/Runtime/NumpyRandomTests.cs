using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Runtime;

/// <summary>Draw by draw against NumPy's RandomState; the reference is made by tests/peers/metrics.py.</summary>
public class NumpyRandomTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("metrics.safetensors"));

    [Theory]
    [InlineData(0)]
    [InlineData(2020)]
    [InlineData(uint.MaxValue)]
    public void Draws_what_NumPy_draws(long seed)
    {
        var random = new NumpyRandom(seed);
        Assert.Equal(Numbers("permutation"), random.Permutation(1000));
        Assert.Equal(Numbers("choice"), random.Choice(257, 100));
        Assert.Equal(Numbers("bits"), Enumerable.Range(0, 700).Select(_ => (long)random.NextUInt32())); // over the turn of the 624 words
        var items = Enumerable.Range(0, 64).Select(i => (long)i).ToArray();
        random.Shuffle(items.AsSpan());
        Assert.Equal(Numbers("shuffle"), items);

        long[] Numbers(string name) => Reference[$"numpy.{seed}.{name}"].data<long>().ToArray();
    }

    [Fact]
    public void Nothing_and_one_are_drawn_without_moving()
    {
        var random = new NumpyRandom(1);
        Assert.Empty(random.Permutation(0));
        Assert.Equal([0], random.Permutation(1));
        Assert.Equal(new NumpyRandom(1).NextUInt32(), random.NextUInt32());
    }

    [Fact]
    public void What_NumPy_refuses_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandom(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandom(1L << 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandom(0).Choice(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandom(0).Permutation(-1));
    }
}
