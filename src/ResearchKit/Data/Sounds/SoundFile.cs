using NAudio.Dsp;
using NAudio.Wave;
using ResearchKit.Files;

namespace ResearchKit.Data.Sounds;

/// <summary>Reads and writes WAV files, with NAudio.</summary>
/// <remarks>Reads 8, 16, 24 and 32 bit whole numbers and 32 and 64 bit floats, of any rate and number of channels. Channels become one by
/// their mean. Another rate is brought to the wanted one by band-limited interpolation (a windowed sinc of 64 taps, NAudio's
/// <see cref="WdlResampler"/>). A file that ends before its header says gives what it holds.</remarks>
public static class SoundFile
{
    /// <summary>How another rate is brought to the wanted one, as protocols carry it.</summary>
    public const string ResamplingRule = "channels averaged, resampled by a windowed sinc of 64 taps";

    private const int Taps = 64;
    private const int ChunkFrames = 1 << 16;

    /// <summary>Reads a sound.</summary>
    /// <param name="path">A WAV file.</param>
    /// <param name="rate">The wanted samples a second, at least 1.</param>
    /// <param name="most">Reads no more than so many samples from the start; null for all.</param>
    /// <returns>Samples of one channel; whole numbers of b bits are divided by 2^(b - 1).</returns>
    /// <exception cref="DataFileException">The file is missing, is no WAV file, is compressed, holds no samples, or one that is NaN or
    /// infinite.</exception>
    public static float[] Read(string path, int rate, int? most = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        try
        {
            using var stream = File.OpenRead(path);
            using var reader = new WaveFileReader(stream);
            if (reader.WaveFormat.SampleRate < 1)
            {
                throw new DataFileException(path, "its header gives a rate of 0 samples a second; the file is damaged, get it again.");
            }

            // of another rate so many more, and some for the filter
            var frames = most is { } m ? ((long)m * reader.WaveFormat.SampleRate / rate) + Taps : long.MaxValue;
            var mono = Mono(reader.ToSampleProvider(), frames);
            if (mono.Length == 0)
            {
                throw new DataFileException(path, "it holds no samples; take the file out, or get it again.");
            }

            var sound = reader.WaveFormat.SampleRate == rate ? mono : Resampled(mono, reader.WaveFormat.SampleRate, rate);
            return !Array.Exists(sound, v => !float.IsFinite(v))
                ? sound[..(int)Math.Min(sound.Length, most ?? int.MaxValue)]
                : throw new DataFileException(path, "it holds samples that are NaN or infinite; the file is damaged, get it again.");
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or EndOfStreamException or IndexOutOfRangeException
            or OverflowException)
        {
            throw new DataFileException(path, $"this is no WAV file, or a damaged one ({e.Message.TrimEnd('.')}); get it again.", e);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new DataFileException(path, "its samples are compressed or of an unknown kind; write it as WAV with whole numbers of " +
                "8, 16, 24 or 32 bits, or floats.", e);
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(path, $"it cannot be read ({AtomicFile.Word(e)}).", e);
        }
    }

    /// <summary>Writes a sound as WAV of 16 bits, whole or not at all.</summary>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="samples">Samples in [-1, 1]; others are cut off there.</param>
    /// <param name="rate">Samples a second.</param>
    public static void Write(string path, ReadOnlySpan<float> samples, int rate) => AtomicFile.Write(path, Encode(samples, rate));

    /// <summary>The bytes of such a file.</summary>
    internal static byte[] Encode(ReadOnlySpan<float> samples, int rate)
    {
        var whole = new short[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            whole[i] = (short)Math.Clamp(MathF.Round(samples[i] * 32768), short.MinValue, short.MaxValue); // what is NaN becomes 0
        }

        var bytes = new MemoryStream();
        using (var writer = new WaveFileWriter(bytes, new WaveFormat(rate, 16, 1)))
        {
            writer.WriteSamples(whole, 0, whole.Length);
        }

        return bytes.ToArray();
    }

    private static float[] Mono(ISampleProvider source, long frames)
    {
        var channels = source.WaveFormat.Channels;
        var (all, buffer) = (new List<float>(), new float[ChunkFrames * channels]);
        for (int read; all.Count < frames && (read = source.Read(buffer.AsSpan())) > 0;)
        {
            for (var i = 0; i + channels <= read; i += channels)
            {
                var sum = 0f;
                for (var c = 0; c < channels; c++)
                {
                    sum += buffer[i + c];
                }

                all.Add(sum / channels);
            }
        }

        return [.. all];
    }

    private static float[] Resampled(float[] sound, int from, int to)
    {
        var resampler = new WdlResampler();
        resampler.SetMode(interp: false, filtercnt: 0, sinc: true, sinc_size: Taps, sinc_interpsize: Taps / 2);
        resampler.SetFeedMode(wantInputDriven: true);
        resampler.SetRates(from, to);
        var padded = sound.Length + Taps; // silence pushes the last samples out of the filter
        var taken = resampler.ResamplePrepare(padded, 1, out Span<float> input);
        input[..taken].Clear();
        sound.CopyTo(input);
        var wanted = (int)Math.Max(1, (long)sound.Length * to / from);
        var output = new float[(int)((long)padded * to / from) + Taps];
        _ = resampler.ResampleOut(output, taken, output.Length, 1);
        return output[..wanted];
    }
}
