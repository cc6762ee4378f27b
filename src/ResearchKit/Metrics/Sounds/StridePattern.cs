using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics.Sounds;

/// <summary>How much sounds have of the tones that a generator's upsampling leaves behind, as a checkerboard in images.</summary>
/// <param name="Energy">The mean power at the stride's frequencies over that at all frequencies, in dB: compare it with that of real
/// sounds.</param>
/// <param name="Phase">The share of that power that has the same phase in every sound, in [0, 1]: about 1/N for N sounds whose phases are
/// random, 1 for a pattern that stands at one place in all of them.</param>
/// <remarks>A transposed convolution of stride s treats its places in turns of s, so its output may hold a pattern that repeats every s
/// samples, after two such layers every s^2: tones at multiples of rate / s^2. They have one phase, by which D can tell fakes (Donahue et
/// al., arXiv:1802.04208, section 3.3; Odena et al., "Deconvolution and checkerboard artifacts", 2016). Read from the Fourier transform of
/// the whole sound after a Hann window, in float64.</remarks>
public sealed record StridePattern(double Energy, double Phase)
{
    /// <summary>Reads sounds.</summary>
    /// <param name="sounds">Shape (N, 1, T), any float dtype and device, T a multiple of the period and at least 32 times as long.</param>
    /// <param name="period">Samples after which the pattern repeats, at least 2: 16 for two layers of stride 4.</param>
    /// <exception cref="ArgumentException">The shape is another, or the length does not fit the period.</exception>
    public static StridePattern Of(Tensor sounds, int period = 16)
    {
        SoundArguments.Require(sounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 2);
        var time = sounds.shape[2];
        ThrowIf(time % period != 0 || time < 32 * period, $"The length of the sounds, {time}, must be a multiple of the period {period} " +
            "and at least 32 times as long.", nameof(sounds));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var windowed = sounds.squeeze(1).to(ScalarType.Float64, CPU) * hann_window(time, dtype: ScalarType.Float64); // (N, T)
        var spectrum = fft.rfft(windowed); // (N, T / 2 + 1)
        var at = arange(time / period, time / 2 + 1, time / period); // (K): without 0 Hz
        var there = spectrum.index_select(1, at); // (N, K)
        var power = there.abs().square().mean([0]).sum().item<double>();
        var common = there.mean([0]).abs().square().sum().item<double>();
        var all = spectrum.narrow(1, 1, time / 2).abs().square().mean().item<double>();
        return power > 0
            ? new StridePattern(10 * Math.Log10(power / at.shape[0] / all), common / power)
            : new StridePattern(double.NegativeInfinity, 0);
    }
}
