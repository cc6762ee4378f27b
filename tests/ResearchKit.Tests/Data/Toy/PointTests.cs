using ResearchKit.Data.Toy;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Toy;

public sealed class PointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x,y\n1,2\n3.5,-4e-1\n")]
    [InlineData("# mine\n\n1 2\n3.5\t-0.4")]
    [InlineData("1; 2\r\n3.5; -.4\r\n")]
    public void A_text_file_of_points_is_read(string text)
    {
        using var points = PointFile.Read(Written(text));
        Assert.Equal([2, 2], points.shape);
        Assert.Equal([1, 2, 3.5f, -0.4f], points.data<float>().ToArray());
    }

    [Theory]
    [InlineData("1,2\n3\n", "line 2 has 1 number(s), the points before it have 2")]
    [InlineData("1,2\n3,four\n", "line 2: 'four' is not a finite number")]
    [InlineData("1,2\nNaN,1\n", "line 2: 'NaN' is not a finite number")]
    [InlineData("", "holds no point")]
    [InlineData("x,y\n", "holds no point")]
    public void A_broken_one_is_refused_in_one_sentence(string text, string message) =>
        Assert.Contains(message, Assert.Throws<DataFileException>(() => PointFile.Read(Written(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_one_too() =>
        Assert.Contains("no such file", Assert.Throws<DataFileException>(() => PointFile.Read(_folder["absent.csv"])).Message,
            StringComparison.Ordinal);

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

    private string Written(string text)
    {
        File.WriteAllText(_folder["points.csv"], text);
        return _folder["points.csv"];
    }
}
