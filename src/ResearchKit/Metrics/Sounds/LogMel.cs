using ResearchKit.Data.Sounds;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics.Sounds;

/// <summary>Log-mel spectrograms: how loud sounds are in bands that grow wider as hearing does, and when.</summary>
/// <remarks>Short-time Fourier transform with a Hann window of 512 samples (or less, for few samples), reflected at the ends; power in
/// triangular bands that are equally spaced on the mel scale 2595 log10(1 + f / 700), from 40 Hz to half the rate; then log10, with the
/// band's power not below 1e-8. In float64.</remarks>
public static class LogMel
{
    private const int Window = 512;
    private const int FeatureBands = 32;
    private const int FeatureMoments = 8;
    private const double Floor = 1e-8;

    /// <summary>What protocols call its features.</summary>
    public const string Name = "log-mel";

    /// <summary>Where the lowest band begins, in Hz.</summary>
    public const double LowestFrequency = 40;

    /// <summary>The spectrograms of sounds.</summary>
    /// <param name="sounds">Shape (N, 1, T), any float dtype and device, T at least 512.</param>
    /// <param name="rate">Samples a second.</param>
    /// <param name="bands">How many bands, at least 1.</param>
    /// <param name="hop">Samples from one moment to the next, at least 1.</param>
    /// <returns>log10 of the power, float64, shape (N, bands, 1 + T / hop), low bands first, on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another, or the sounds are too short.</exception>
    public static Tensor Of(Tensor sounds, int rate, int bands = 64, int hop = 64)
    {
        SoundArguments.Require(sounds, rate);
        ArgumentOutOfRangeException.ThrowIfLessThan(bands, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        ThrowIf(sounds.shape[2] < Window, $"A spectrogram needs {Window} samples or more, not {sounds.shape[2]}.", nameof(sounds));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = sounds.squeeze(1).to(ScalarType.Float64, CPU); // (N, T)
        var window = hann_window(Window, dtype: ScalarType.Float64);
        var power = stft(x, Window, hop, Window, window, center: true, return_complex: true).abs().square(); // (N, F, M)
        return Bands(rate, bands).matmul(power / Window).clamp_min(Floor).log10().MoveToOuterDisposeScope(); // (N, bands, M)
    }

    /// <summary>Numbers that tell sounds apart, for distances: the spectrogram of 32 bands, each averaged over eight stretches of the
    /// sound.</summary>
    /// <param name="sounds">As in <see cref="Of"/>.</param>
    /// <param name="rate">Samples a second.</param>
    /// <returns>float64, shape (N, 256), on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another, or the sounds are too short.</exception>
    public static Tensor Features(Tensor sounds, int rate)
    {
        using var scope = NewDisposeScope();
        var spectrogram = Of(sounds, rate, FeatureBands, hop: Math.Max(1, (int)sounds.shape[2] / (4 * FeatureMoments))); // (N, 32, M)
        return nn.functional.adaptive_avg_pool1d(spectrogram, FeatureMoments).flatten(1).MoveToOuterDisposeScope(); // (N, 256)
    }

    /// <summary>The same numbers of a set, with where they come from, as metrics take them.</summary>
    /// <param name="set">The sounds; stay the caller's.</param>
    /// <returns>The caller disposes it.</returns>
    public static FeatureSet FeaturesOf(SoundSet set) => new(set.Name, Features(set.Sounds, set.Rate), contentSha256: set.Fingerprint())
    {
        Network = Name, Preprocessing = $"{set.Length} samples at {set.Rate} Hz, {FeatureBands} bands x {FeatureMoments} stretches",
    };

    // Triangles over the bins of the transform, shape (bands, F).
    private static Tensor Bands(int rate, int bands)
    {
        static double Mel(double hz) => 2595 * Math.Log10(1 + (hz / 700));
        static double Hz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
        var (low, high) = (Mel(LowestFrequency), Mel(rate / 2.0));
        double[] corners = [.. Enumerable.Range(0, bands + 2).Select(i => Hz(low + ((high - low) * i / (bands + 1))))];
        var weights = new double[bands, (Window / 2) + 1];
        for (var b = 0; b < bands; b++)
        {
            for (var k = 0; k <= Window / 2; k++)
            {
                var hz = (double)k * rate / Window;
                weights[b, k] = Math.Max(0, Math.Min((hz - corners[b]) / (corners[b + 1] - corners[b]),
                    (corners[b + 2] - hz) / (corners[b + 2] - corners[b + 1])));
            }

            // a low band may be narrower than a bin: it takes the nearest one
            if (Enumerable.Range(0, (Window / 2) + 1).All(k => weights[b, k] == 0))
            {
                weights[b, (int)Math.Round(corners[b + 1] * Window / rate)] = 1;
            }
        }

        return tensor(weights, dtype: ScalarType.Float64);
    }
}
