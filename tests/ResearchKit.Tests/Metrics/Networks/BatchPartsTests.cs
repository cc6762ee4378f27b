using System.Collections.Concurrent;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Networks;

public class BatchPartsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(8, 5)]
    public void Several_threads_share_a_batch_and_its_rows_keep_their_order(int threads, int parts)
    {
        using var scope = NewDisposeScope();
        var batch = arange(10, ScalarType.Float64).reshape(5, 2);
        var sizes = new ConcurrentBag<long>();
        var result = OneThread.With(threads, () => BatchParts.Run(batch, part =>
        {
            sizes.Add(part.shape[0]);
            Assert.True(threads == 1 || get_num_threads() == 1);
            return part.square().sum(1, keepdim: true);
        }));
        Assert.Equal((parts, 5), (sizes.Count, sizes.Sum()));
        Assert.Equal(batch.square().sum(1, keepdim: true).data<double>(), result.data<double>());
    }

    [Fact]
    public void A_parts_error_is_the_callers()
    {
        using var scope = NewDisposeScope();
        var thrown = Assert.Throws<InvalidOperationException>(() =>
            OneThread.With(2, () => BatchParts.Run(zeros(4, 2), _ => throw new InvalidOperationException("this part"))));
        Assert.Equal("this part", thrown.Message);
    }
}
