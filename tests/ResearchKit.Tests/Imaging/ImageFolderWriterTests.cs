using ResearchKit.Data;
using ResearchKit.Imaging;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public sealed class ImageFolderWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_is_written_is_read_back_byte_for_byte(int channels)
    {
        using var set = new ImageSet("random", randint(0, 256, [12, channels, 9, 7], ScalarType.Byte));
        ImageFolderWriter.Write(set, _folder["images"]);
        using var back = ImageFolder.Read(_folder["images"], new ImageFolderOptions { Channels = channels });
        Assert.Equal([12, channels, 9, 7], back.Images.shape);
        using var same = back.Images.eq(set.Images).all();
        Assert.True(same.item<bool>());
    }

    [Fact]
    public void Images_of_two_channels_are_refused_and_nothing_is_left()
    {
        using var set = new ImageSet("random", randint(0, 256, [2, 2, 4, 4], ScalarType.Byte));
        Assert.Contains("channels must be 1 or 3",
            Assert.Throws<ArgumentException>(() => ImageFolderWriter.Write(set, _folder["images"])).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["images"]));
    }

    public void Dispose() => _folder.Dispose();
}
