using CsCheck;
using ResearchKit.Imaging;
using ResearchKit.Support;

namespace ResearchKit.Tests.Imaging;

public class PngFileTests
{
    [Fact]
    public void Every_pixel_of_an_animation_is_kept_and_it_repeats_for_ever() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 4], Gen.Bool, Gen.Int[10, 65_535])
            .SelectMany((w, h, n, grey, ms) => Gen.Byte.Array[w * h * (grey ? 1 : 3)].Array[n]
                .Select(f => (w, h, grey ? 1 : 3, ms, f))).Sample(
        (w, h, c, ms, frames) =>
        {
            var film = PngFrames.Decode(PngFile.EncodeAnimation(frames, w, h, c, ms));
            Assert.Equal((w, h, c, 0), (film.Width, film.Height, film.Channels, film.Repetitions));
            Assert.Equal(frames, film.Frames.Select(f => f.Pixels));
            Assert.Equal(frames[^1], film.Still);
            Assert.All(film.Frames, f => Assert.Equal(ms, f.Milliseconds));
        },
        iter: 50);

    [Theory]
    [InlineData(2, 2, 2, 100)]
    [InlineData(2, 3, 1, 100)]
    [InlineData(0, 2, 1, 100)]
    [InlineData(2, 2, 1, 9)]
    [InlineData(2, 2, 1, 65_536)]
    public void Refuses_what_does_not_fit(int width, int height, int channels, int milliseconds) =>
        Assert.ThrowsAny<ArgumentException>(() => PngFile.EncodeAnimation([new byte[4]], width, height, channels, milliseconds));

    [Fact]
    public void Refuses_frames_of_different_sizes_and_none_at_all()
    {
        Assert.ThrowsAny<ArgumentException>(() => PngFile.EncodeAnimation([new byte[4], new byte[6]], 2, 2, 1, 100));
        Assert.ThrowsAny<ArgumentException>(() => PngFile.EncodeAnimation([], 2, 2, 1, 100));
    }
}
