using ResearchKit.Data;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public sealed class PreparedBatchesTests : IDisposable
{
    private readonly ImageSet _set = new("random", randint(0, 256, [50, 1, 4, 4], ScalarType.Byte));

    [Fact]
    public void Gives_the_sources_batches_at_the_sources_positions()
    {
        using var plain = new ImageBatches(_set, 8, seed: 3);
        using var source = new ImageBatches(_set, 8, seed: 3);
        using var ahead = new PreparedBatches(source);
        for (var i = 0; i < 20; i++)
        {
            using var expected = plain.NextBatch();
            using var actual = ahead.NextBatch();
            Assert.True(expected.eq(actual).all().item<bool>());
            Assert.Equal(plain.Position, ahead.Position);
        }
    }

    [Fact]
    public void Can_be_put_back_and_leaves_the_source_where_it_was_read_to()
    {
        using var source = new ImageBatches(_set, 8, seed: 3);
        using (var ahead = new PreparedBatches(source))
        {
            using var first = ahead.NextBatch();
            var at = ahead.Position;
            using var second = ahead.NextBatch();
            ahead.Position = at;
            using var again = ahead.NextBatch();
            Assert.True(second.eq(again).all().item<bool>());
        }

        Assert.Equal(new SamplerPosition(0, 2), source.Position);
    }

    [Fact]
    public void Batches_end_with_the_scope_that_they_are_taken_in()
    {
        using var source = new ImageBatches(_set, 8, seed: 3);
        using var ahead = new PreparedBatches(source);
        Take();
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        Take();
        NativeMemory.Trim();
        Assert.Equal(live, Tensor.TotalCount);

        void Take()
        {
            for (var i = 0; i < 6; i++) // a whole epoch: its permutation comes and goes
            {
                using var scope = NewDisposeScope();
                _ = ahead.NextBatch();
            }

            ahead.Position = ahead.Position; // waits for the batch that lies ready, and forgets it
        }
    }

    [Fact]
    public void An_error_of_the_source_comes_with_the_batch()
    {
        using var ahead = new PreparedBatches(new Broken());
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => ahead.NextBatch()).Message);
    }

    public void Dispose() => _set.Dispose();

    private sealed class Broken : IBatchSource
    {
        public int BatchSize => 1;

        public long BatchesPerEpoch => 1;

        public SamplerPosition Position { get; set; }

        public Tensor NextBatch() => throw new InvalidOperationException("broken");
    }
}
