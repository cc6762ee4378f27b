using ResearchKit.Data.Toy;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Toy;

public class PointBatchesTests
{
    [Fact]
    public void An_epoch_of_batches_is_every_point_once_and_comes_again_from_its_position()
    {
        using var points = arange(24, ScalarType.Float32).reshape(12, 2);
        using var batches = new PointBatches(points, batchSize: 4, seed: 1);
        var first = Enumerable.Range(0, 3).SelectMany(_ => Values(batches)).ToList();
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), first.Order());
        Assert.NotEqual(first, first.Order());
        batches.Position = default;
        Assert.Equal(first, Enumerable.Range(0, 3).SelectMany(_ => Values(batches)));
        Assert.Equal(3, batches.BatchesPerEpoch);
    }

    [Fact]
    public void Points_must_be_floats_in_rows()
    {
        using var whole = arange(6).reshape(3, 2);
        using var images = zeros(3, 1, 2, 2);
        Assert.Throws<ArgumentException>(() => new PointBatches(whole, 1, 0));
        Assert.Throws<ArgumentException>(() => new PointBatches(images, 1, 0));
    }

    private static float[] Values(PointBatches batches)
    {
        using var batch = batches.NextBatch();
        return batch.data<float>().ToArray();
    }
}
