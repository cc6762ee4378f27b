using ResearchKit.Imaging;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class GridAnimationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Each_frame_is_the_grid_of_its_images(int channels)
    {
        var frames = Enumerable.Range(0, 3).Select(i => full([4, channels, 5, 6], i - 1.0f)).ToList();
        var animation = GridAnimation.Of(frames, columns: 3, scale: 2, frameMilliseconds: 250, caption: "Dawn");
        var film = PngFrames.Decode(animation.Png);
        Assert.Equal((animation.Width, animation.Height, channels), (film.Width, film.Height, film.Channels));
        Assert.Equal((3, 3, 0), (animation.FrameCount, film.Frames.Count, film.Repetitions));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(GridLayout.Of(frames[i], columns: 3, scale: 2, caption: "Dawn").Pixels, film.Frames[i].Pixels);
            Assert.Equal(250, film.Frames[i].Milliseconds);
        }

        Assert.Equal($"Dawn: 3 frames, {film.Width} x {film.Height} pixels", animation.ToString());
    }

    [Fact]
    public void Frames_are_read_one_after_the_other()
    {
        static IEnumerable<Tensor> Frames()
        {
            for (var i = 0; i < 3; i++)
            {
                using var frame = zeros(1, 1, 2, 2);
                yield return frame; // gone when the next one is asked for
            }
        }

        Assert.Equal(3, GridAnimation.Of(Frames()).FrameCount);
    }

    [Fact]
    public void Refuses_frames_of_another_shape_and_none_at_all()
    {
        Assert.Contains("Frame 1 has shape (2, 1, 4, 4), but frame 0",
            Assert.Throws<ArgumentException>(() => GridAnimation.Of([zeros(1, 1, 4, 4), zeros(2, 1, 4, 4)])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GridAnimation.Of([]));
        Assert.Throws<ArgumentException>(() => GridAnimation.Of([zeros(4, 4)]));
    }

    [Fact]
    public void Saves_the_file()
    {
        using var folder = new TemporaryFolder();
        var animation = GridAnimation.Of([zeros(1, 1, 4, 4)]);
        animation.Save(Path.Combine(folder["new"], "a.png"));
        Assert.Equal(animation.Png, File.ReadAllBytes(Path.Combine(folder["new"], "a.png")));
    }
}
