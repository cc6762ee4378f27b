using CsCheck;
using ResearchKit.Data;

namespace ResearchKit.Tests.Data;

public class BatchSamplerTests
{
    private static readonly Gen<(int Count, int BatchSize, int Seed)> Cases = Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int)
        .Where(c => c.Item2 <= c.Item1);

    [Fact]
    public void An_epoch_gives_no_item_twice_and_leaves_out_only_the_tail() => Cases.Sample(
        c =>
        {
            using var sampler = new BatchSampler(c.Count, c.BatchSize, c.Seed);
            for (var epoch = 0; epoch < 2; epoch++)
            {
                var seen = Draw(sampler, (int)sampler.BatchesPerEpoch).SelectMany(b => b).ToList();
                Assert.Equal(c.Count / c.BatchSize * c.BatchSize, seen.Distinct().Count());
                Assert.All(seen, i => Assert.InRange(i, 0, c.Count - 1));
            }
        },
        iter: 100);

    [Fact]
    public void A_position_put_back_gives_the_same_batches() => Gen.Select(Cases, Gen.Int[0, 30]).Sample(
        (c, skip) =>
        {
            using var sampler = new BatchSampler(c.Count, c.BatchSize, c.Seed);
            Draw(sampler, skip);
            var position = sampler.Position;
            var first = Draw(sampler, 7);
            using var other = new BatchSampler(c.Count, c.BatchSize, c.Seed) { Position = position };
            Assert.Equal(first, Draw(other, 7));
            sampler.Position = position;
            Assert.Equal(first, Draw(sampler, 7));
        },
        iter: 100);

    [Fact]
    public void Epochs_and_seeds_differ()
    {
        using var sampler = new BatchSampler(100, 100, seed: 4);
        using var next = new BatchSampler(100, 100, seed: 5);
        var orders = Draw(sampler, 3).Concat(Draw(next, 3)).Select(b => string.Join(',', b)).ToList();
        Assert.Equal(6, orders.Distinct().Count());
    }

    [Fact]
    public void Refuses_batches_and_positions_out_of_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSampler(10, 11, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSampler(10, 0, 0));
        using var sampler = new BatchSampler(10, 5, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Position = new SamplerPosition(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Position = new SamplerPosition(-1, 0));
    }

    private static List<long[]> Draw(BatchSampler sampler, int batches)
    {
        var drawn = new List<long[]>();
        for (var i = 0; i < batches; i++)
        {
            using var batch = sampler.Next();
            drawn.Add(batch.data<long>().ToArray());
        }

        return drawn;
    }
}
