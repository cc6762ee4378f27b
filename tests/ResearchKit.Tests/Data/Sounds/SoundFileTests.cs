using ResearchKit.Data.Sounds;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data.Sounds;

public sealed class SoundFileTests : IDisposable
{
    private const int Frames = 4410;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 8, 1, false, 0.02)]
    [InlineData(1, 16, 1, false, 1e-4)]
    [InlineData(1, 16, 2, false, 1e-4)]
    [InlineData(1, 24, 1, false, 1e-6)]
    [InlineData(1, 24, 2, true, 1e-6)]
    [InlineData(1, 32, 1, false, 1e-6)]
    [InlineData(3, 32, 1, false, 1e-6)]
    [InlineData(3, 32, 2, true, 1e-6)]
    [InlineData(3, 64, 1, false, 1e-6)]
    public void Every_kind_of_sample_is_read(int format, int bits, int channels, bool extensible, double tolerance)
    {
        File.WriteAllBytes(_folder["a.wav"], WavBytes.Of(Tone(440, 44100), format, bits, channels, 44100, extensible));
        var read = SoundFile.Read(_folder["a.wav"], 44100);
        Assert.Equal(Frames, read.Length);
        Assert.All(read.Zip(Tone(440, 44100)), p => Assert.Equal(p.Second, p.First, tolerance));
        Assert.Equal(100, SoundFile.Read(_folder["a.wav"], 44100, most: 100).Length);
    }

    [Theory]
    [InlineData(440, true)]
    [InlineData(3000, true)]
    [InlineData(6000, true)]
    [InlineData(10_000, false)] // above half of the new rate: it must be gone, not folded down
    [InlineData(15_000, false)]
    public void Another_rate_keeps_what_it_can_hold_in_its_place_and_drops_the_rest(double hertz, bool stays)
    {
        File.WriteAllBytes(_folder["a.wav"], WavBytes.Of(Tone(hertz, 44100), 3, 32, 1, 44100));
        var read = SoundFile.Read(_folder["a.wav"], 16000);
        Assert.Equal(1600, read.Length);
        var middle = Enumerable.Range(100, 1400);
        var expected = stays ? 0.5 : 0;
        Assert.All(middle, i => Assert.Equal(expected * Math.Sin(2 * Math.PI * hertz * i / 16000), read[i], stays ? 0.01 : 0.005));
    }

    [Fact]
    public void Channels_become_their_mean()
    {
        File.WriteAllBytes(_folder["a.wav"], WavBytes.Of([1f, 0.5f, -0.5f, 0f], 3, 32, 2, 8000, interleaved: true));
        Assert.Equal([0.75f, -0.25f], SoundFile.Read(_folder["a.wav"], 8000));
    }

    [Fact]
    public void What_is_written_is_read_again_to_half_a_step_of_16_bits()
    {
        float[] sound = [0, 0.5f, -0.5f, 1, -1, 2, -3, 0.25f, 0.3f];
        SoundFile.Write(_folder["new/a.wav"], sound, 16000);
        var read = SoundFile.Read(_folder["new/a.wav"], 16000);
        Assert.All(read.Zip(sound), p => Assert.Equal(Math.Clamp(p.Second, -1, 1), p.First, 1.01 / 32768));
    }

    [Fact]
    public void A_file_that_ends_early_gives_what_it_holds()
    {
        var whole = WavBytes.Of(Tone(440, 44100), 1, 16, 1, 44100);
        File.WriteAllBytes(_folder["a.wav"], whole[..1044]);
        Assert.Equal(500, SoundFile.Read(_folder["a.wav"], 44100).Length);
    }

    [Theory]
    [InlineData("text", "this is no WAV file, or a damaged one")]
    [InlineData("empty", "this is no WAV file, or a damaged one")]
    [InlineData("cut", "this is no WAV file, or a damaged one")]
    [InlineData("no channels", "this is no WAV file, or a damaged one")]
    [InlineData("no samples", "it holds no samples")]
    [InlineData("no rate", "its header gives a rate of 0 samples a second")]
    [InlineData("not finite", "it holds samples that are NaN or infinite")]
    [InlineData("mu-law", "its samples are compressed or of an unknown kind")]
    [InlineData("missing", "it cannot be read")]
    public void Odd_files_are_one_sentence(string kind, string problem)
    {
        var path = _folder["a.wav"];
        var whole = WavBytes.Of([0, 0.1f, 0.2f], 1, 16, 1, 44100);
        var content = kind switch
        {
            "text" => "hello, this is a text of some length that is no sound at all"u8.ToArray(),
            "empty" => [],
            "cut" => whole[..30],
            "no channels" => WavBytes.Of([0, 0.1f], 1, 16, 0, 44100),
            "no samples" => WavBytes.Of([], 1, 16, 1, 44100),
            "no rate" => WavBytes.Of([0, 0.1f], 1, 16, 1, 0),
            "not finite" => WavBytes.Of([0, float.NaN], 3, 32, 1, 44100),
            "mu-law" => WavBytes.Of([0, 0.1f], 7, 8, 1, 44100),
            _ => null,
        };
        if (content is not null)
        {
            File.WriteAllBytes(path, content);
        }

        var message = Assert.Throws<DataFileException>(() => SoundFile.Read(path, 16000)).Message;
        Assert.StartsWith($"{path}: {problem}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static float[] Tone(double hertz, int rate) =>
        [.. Enumerable.Range(0, Frames).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * i / rate)))];
}

/// <summary>WAV files of every kind.</summary>
internal static class WavBytes
{
    public static byte[] Of(float[] samples, int format, int bits, int channels, int rate, bool extensible = false,
        bool interleaved = false)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        var data = Data(samples, format, bits, interleaved ? 1 : channels);
        writer.Write("RIFF"u8);
        writer.Write((extensible ? 60 : 36) + data.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(extensible ? 40 : 16);
        writer.Write((ushort)(extensible ? 0xFFFE : format));
        writer.Write((ushort)channels);
        writer.Write(rate);
        writer.Write(rate * channels * bits / 8);
        writer.Write((ushort)(channels * bits / 8));
        writer.Write((ushort)bits);
        if (extensible)
        {
            writer.Write((ushort)22);
            writer.Write((ushort)bits);
            writer.Write(3);
            writer.Write((ushort)format);
            writer.Write(Convert.FromHexString("000000001000800000AA00389B71"));
        }

        writer.Write("data"u8);
        writer.Write(data.Length);
        writer.Write(data);
        return file.ToArray();
    }

    private static byte[] Data(float[] samples, int format, int bits, int copies)
    {
        using var data = new MemoryStream();
        using var writer = new BinaryWriter(data);
        foreach (var sample in samples)
        {
            for (var c = 0; c < copies; c++)
            {
                switch (format, bits)
                {
                    case (3, 32): writer.Write(sample); break;
                    case (3, 64): writer.Write((double)sample); break;
                    case (_, 8): writer.Write((byte)(128 + (sample * 127))); break;
                    case (_, 16): writer.Write((short)(sample * 32767)); break;
                    case (_, 24): writer.Write(BitConverter.GetBytes((int)(sample * 8388607))[..3]); break;
                    default: writer.Write((int)(sample * 2147483647.0)); break;
                }
            }
        }

        return data.ToArray();
    }
}
