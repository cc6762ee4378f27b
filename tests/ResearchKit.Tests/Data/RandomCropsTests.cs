using ResearchKit.Data;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public sealed class RandomCropsTests
{
    private const int Side = 5;
    private const int Size = 3;

    /// <summary>Nine places of a 3 x 3 square in 5 x 5 pixels; the left upper pixel tells where one was cut.</summary>
    [Fact]
    public void Every_place_is_as_likely_and_a_square_is_what_stands_there()
    {
        using var set = Images();
        using var batches = new ImageBatches(set, 4, seed: 1);
        var crops = new RandomCrops(batches, Size, seed: 1);
        var counts = new int[9];
        using var whole = set.Batch(arange(1));
        for (var i = 0; i < 900; i++)
        {
            using var scope = NewDisposeScope();
            var cut = crops.Next().Samples; // (4, 1, 3, 3)
            foreach (var square in Enumerable.Range(0, 4).Select(n => cut[n, 0]))
            {
                var place = Enumerable.Range(0, 9).Single(p =>
                    square.eq(whole[0, 0].narrow(0, p / Size, Size).narrow(1, p % Size, Size)).all().item<bool>());
                counts[place]++;
            }
        }

        // 3,600 squares: chi-squared with 8 degrees of freedom is above 26.1 in one of 1,000 seeds
        Assert.InRange(counts.Sum(c => (c - 400.0) * (c - 400) / 400), 0, 26.1);
    }

    [Fact]
    public void Partners_are_cut_alike_and_a_position_brings_the_same_squares_again()
    {
        using var set = Images();
        using var first = new ImageBatches(set, 4, seed: 7);
        using var second = new ImageBatches(set, 4, seed: 7);
        var (a, b) = (new RandomCrops(first, Size, seed: 7), new RandomCrops(second, Size, seed: 7));
        var seen = new List<float[]>();
        for (var i = 0; i < 5; i++)
        {
            using var scope = NewDisposeScope();
            seen.Add(a.Next().Samples.Floats());
            Assert.Equal(seen[^1], b.Next().Samples.Floats());
        }

        Assert.True(seen.Distinct(new SameFloats()).Count() > 1);
        b.Position = new SamplerPosition(1, 1); // two batches an epoch: the fourth
        using var again = b.Next();
        Assert.Equal(seen[3], again.Samples.Floats());
    }

    [Fact]
    public void Images_smaller_than_the_squares_are_refused()
    {
        using var set = Images();
        using var batches = new ImageBatches(set, 4, seed: 1);
        var crops = new RandomCrops(batches, 6, seed: 1);
        Assert.Contains("Squares of 6 pixels cannot be cut out of images of 5 x 5",
            Assert.Throws<ArgumentException>(() => crops.Next()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomCrops(batches, 0, seed: 1));
    }

    private static ImageSet Images() =>
        new("squares", arange(Side * Side, ScalarType.Byte).reshape(1, 1, Side, Side).repeat(8, 1, 1, 1));

    private sealed class SameFloats : IEqualityComparer<float[]>
    {
        public bool Equals(float[]? x, float[]? y) => x!.SequenceEqual(y!);

        public int GetHashCode(float[] values) => 0;
    }
}
