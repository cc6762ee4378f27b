using ResearchKit.Data.Clips;
using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class ClipSheetTests
{
    [Fact]
    public void A_strip_has_a_row_a_clip_and_a_film_a_frame_at_a_time()
    {
        using var scope = NewDisposeScope();
        var clips = arange(3 * 4 * 6 * 6).remainder(251).to(ScalarType.Byte).reshape(3, 1, 4, 6, 6);
        using var set = new ClipSet("numbers", clips);
        var strip = ClipSheet.Strip(set, "Caption", ["a", "b", "c"], scale: 1);
        Assert.Equal(12, strip.Count);
        Assert.Equal(ImageGrid.Of(clips.reshape(12, 1, 6, 6), 4, 1, "Caption", ["a", "b", "c"]).Png, strip.Png);
        var film = PngFrames.Decode(ClipSheet.Film(set, scale: 1, frameMilliseconds: 50).Png);
        Assert.Equal(4, film.Frames.Count);
        for (var t = 0; t < 4; t++)
        {
            Assert.Equal(GridLayout.Of(clips.select(2, t), 2, 1).Pixels, film.Frames[t].Pixels);
        }
    }

    [Fact]
    public void Clips_of_a_generator_do_not_depend_on_the_batch_and_other_samples_are_refused()
    {
        using var scope = NewDisposeScope();
        using var g = new MoCoGanGenerator(32, 3, 2, 1);
        using var some = GeneratorClips.Draw(g, "g", 5, seed: 1);
        using var again = GeneratorClips.Draw(g, "g", 3, seed: 1, batchSize: 2);
        Assert.Equal([5, 3, 2, 32, 32], some.Clips.shape);
        var difference = (some.Clips.narrow(0, 0, 3).to(ScalarType.Int32) - again.Clips.to(ScalarType.Int32)).abs().max().item<int>();
        Assert.InRange(difference, 0, 1);
        using var sounds = new WaveGanGenerator(4096, 1, 2);
        Assert.Contains("makes no clips", Assert.Throws<ArgumentException>(() => GeneratorClips.Draw(sounds, "s", 1, 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains("makes clips of 2 frames and not images", Assert.Throws<ArgumentException>(() =>
            GeneratorImages.Draw(g, "g", 1, 0)).Message, StringComparison.Ordinal);
    }
}
