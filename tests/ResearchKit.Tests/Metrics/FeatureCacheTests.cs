using ResearchKit.Data;
using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public sealed class FeatureCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageSet _images = new("pictures", arange(2 * 9).to(ScalarType.Byte).reshape(2, 1, 3, 3));
    private readonly List<string> _notes = [];
    private int _extracted;

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    private string TheFile => Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "features")));

    [Fact]
    public void The_second_time_features_come_from_the_file()
    {
        using var first = Get(new Sums());
        Assert.Empty(_notes);
        using var second = Get(new Sums());
        Assert.Equal(1, _extracted);
        Assert.Equal(["features of pictures: from the cache"], _notes);
        Assert.Equal(first.Features.data<float>().ToArray(), second.Features.data<float>().ToArray());
        Assert.Equal(first.Logits!.data<float>().ToArray(), second.Logits!.data<float>().ToArray());
        Assert.Equal((first.Name, first.ContentSha256, first.Network, first.NetworkSha256, first.Preprocessing),
            (second.Name, second.ContentSha256, second.Network, second.NetworkSha256, second.Preprocessing));
    }

    [Fact]
    public void Other_pictures_weights_preprocessing_or_devices_are_other_entries()
    {
        Get(new Sums()).Dispose();
        Get(new Sums { Sha256 = "other" }).Dispose();
        Get(new Sums { Preparation = new(3, 1, ImageResizers.All.Find("clean"), [2], [0]) }).Dispose();
        Get(new Sums(), new FeatureCache(_folder.Path, "cuda")).Dispose();
        _images.Images[1, 0, 2, 2] = 77;
        Get(new Sums()).Dispose();
        Assert.Equal(5, _extracted);
        Assert.Equal(5, Directory.GetFiles(Path.Combine(_folder.Path, "features")).Length);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("another")]
    [InlineData("empty")]
    public void A_damaged_file_is_said_and_written_anew(string damage)
    {
        using var first = Get(new Sums());
        var good = File.ReadAllBytes(TheFile);
        var path = TheFile;
        File.WriteAllBytes(path, damage switch
        {
            "cut" => good[..^1],
            "flipped" => [.. good[..^1], (byte)(good[^1] ^ 1)],
            "empty" => [],
            _ => Another(),
        });
        using var again = Get(new Sums());
        Assert.Equal(2, _extracted);
        Assert.Contains("the cache's file is damaged and written anew", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Equal(good, File.ReadAllBytes(path));

        byte[] Another() // an entry of other weights under this name
        {
            Get(new Sums { Sha256 = "other" }).Dispose();
            _extracted--;
            var other = Directory.GetFiles(Path.Combine(_folder.Path, "features")).Single(f => f != path);
            var bytes = File.ReadAllBytes(other);
            File.Delete(other);
            return bytes;
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_no_error()
    {
        File.WriteAllText(_folder["file"], "");
        using var set = Get(new Sums(), new FeatureCache(_folder["file"]));
        Assert.Equal(2, set.Count);
        Assert.StartsWith("features of pictures: not kept in the cache", Assert.Single(_notes), StringComparison.Ordinal);
    }

    private FeatureSet Get(Sums network, FeatureCache? cache = null) => (cache ?? new FeatureCache(_folder.Path)).GetOrExtract(
        network,
        _images,
        () =>
        {
            _extracted++;
            return FeatureExtraction.Of(network, _images);
        },
        _notes.Add);

    private sealed class Sums : IFeatureNetwork
    {
        public string Name => "sums";

        public string Sha256 { get; init; } = "none";

        public ImagePreparation Preparation { get; init; } = new(3, 1, ImageResizers.All.Find("clean"), [1], [0]);

        public int Width => 2;

        public void Dispose()
        {
        }

        public (Tensor Features, Tensor? Logits) Extract(Tensor images)
        {
            using var sums = images.to(ScalarType.Float32).flatten(1).sum(1, keepdim: true);
            return (sums.repeat(1, 2), sums.repeat(1, 3));
        }
    }
}
