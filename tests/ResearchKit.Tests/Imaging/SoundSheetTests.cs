using ResearchKit.Data.Sounds;
using ResearchKit.Imaging;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class SoundSheetTests
{
    [Fact]
    public void A_tone_is_a_dark_line_at_its_height_and_its_wave_fills_its_range()
    {
        using var scope = NewDisposeScope();
        var time = arange(4096, ScalarType.Float32) / 16000f;
        Tensor Tone(double hertz) => ((time * (2 * Math.PI * hertz)).sin() * 0.5).to(ScalarType.Float32);
        using var set = new SoundSet("tones", stack([Tone(300), Tone(5000), zeros(4096)]).unsqueeze(1), 16000);
        using var images = SoundSheet.Images(set);
        Assert.Equal([3, 1, 96, 64], images.shape);
        var rows = images.to(ScalarType.Float32).mean([3]).squeeze(1); // (3, 96)
        var (low, high) = (Darkest(0), Darkest(1));
        Assert.True(low > 40 && high < 20, $"{low}, {high}"); // rows from the top
        Assert.Equal(255, rows[2].narrow(0, 0, 64).min().item<float>()); // silence is white
        // the wave of amplitude 0.5 takes the middle half of its 32 rows
        Assert.True(rows[0][64 + 16].item<float>() < 100);
        Assert.Equal(235, rows[0][64 + 4].item<float>());
        Assert.Equal(235, rows[0][64 + 28].item<float>());
        Assert.StartsWith("Notes: 0.26 s to the right, 40 Hz to 8 kHz upwards", SoundSheet.Of(set, caption: "Notes").Caption,
            StringComparison.Ordinal);

        long Darkest(int sound) => rows[sound].narrow(0, 0, 64).argmin().item<long>();
    }

    [Fact]
    public void A_generator_of_sounds_is_drawn_from_as_one_of_images_is()
    {
        using var scope = NewDisposeScope();
        using var generator = new WaveGanGenerator(4096, 1, 4, rate: 12000);
        using var ten = GeneratorSounds.Draw(generator, "g", 10, seed: 3, batchSize: 4);
        Assert.Equal((10, 4096, 12000), (ten.Count, ten.Length, ten.Rate));
        using var more = GeneratorSounds.Draw(generator, "g", 12, seed: 3, batchSize: 12);
        Assert.True(more.Sounds.narrow(0, 0, 10).allclose(ten.Sounds, 1e-5, 1e-6));
        using var one = GeneratorSounds.Draw(generator, "g", 10, seed: 4);
        Assert.False(one.Sounds.allclose(ten.Sounds));
        using var images = new DcganGenerator(28, 1, 1);
        Assert.Contains("makes no sounds", Assert.Throws<ArgumentException>(() => GeneratorSounds.Draw(images, "g", 1, 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains("makes sounds of 4096 samples and not images", Assert.Throws<ArgumentException>(() =>
            GeneratorImages.Draw(generator, "g", 1, 0)).Message, StringComparison.Ordinal);
    }
}
