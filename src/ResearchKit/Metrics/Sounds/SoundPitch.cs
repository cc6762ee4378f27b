using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics.Sounds;

/// <summary>The pitch of sounds, read by autocorrelation: no network.</summary>
/// <remarks>McLeod and Wyvill, "A smarter way to find pitch" (ICMC 2005): the autocorrelation at each lag, divided by the energy of the two
/// stretches that are compared, so that 1 is a perfect repetition however the sound decays; of its local maxima the first that reaches 0.9
/// of the greatest, placed by the parabola through it and its neighbours. In float64.</remarks>
public static class SoundPitch
{
    private const double Threshold = 0.9; // of the greatest maximum

    /// <summary>Reads sounds.</summary>
    /// <param name="sounds">Shape (N, 1, T), any float dtype and device.</param>
    /// <param name="rate">Samples a second.</param>
    /// <param name="lowest">The lowest pitch that is looked for, in Hz; two of its periods must fit into the sound.</param>
    /// <param name="highest">The highest, in Hz, above <paramref name="lowest"/> and at most a quarter of the rate.</param>
    /// <returns>The pitch in Hz, NaN where no lag has a maximum, and the clarity at it: 1 for a perfect repetition, about 0 for noise. Both
    /// float64, shape (N), on the CPU. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The shape or a bound is another.</exception>
    public static (Tensor Pitch, Tensor Clarity) Of(Tensor sounds, int rate, double lowest = 80, double highest = 2000)
    {
        SoundArguments.Require(sounds, rate);
        var time = sounds.shape[2];
        int first = (int)Math.Floor(rate / highest), last = (int)Math.Ceiling(rate / lowest);
        ThrowIf(!(lowest > 0 && highest > lowest && first >= 4 && 2 * last <= time), $"Pitches from {lowest} to {highest} Hz cannot be " +
            $"read from {time} samples at {rate} Hz: the lowest must fit twice, and the highest be at most a quarter of the rate.",
            nameof(lowest));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = sounds.squeeze(1).to(ScalarType.Float64, CPU); // (N, T)
        x = x - x.mean([1], keepdim: true);
        var spectrum = fft.rfft(x, n: 2 * time); // (N, T + 1)
        var correlation = fft.irfft(spectrum.abs().square().to(ScalarType.ComplexFloat64), n: 2 * time).narrow(1, 0, last + 2); // (N, L)
        var sums = cat([zeros(x.shape[0], 1, dtype: ScalarType.Float64), x.square().cumsum(1)], 1); // (N, T + 1)
        // of lag l: the energy of the first T - l samples and of the last T - l
        var energy = sums.flip(1).narrow(1, 0, last + 2) + (sums.narrow(1, time, 1) - sums.narrow(1, 0, last + 2)); // (N, L)
        var clear = 2 * correlation / energy.clamp_min(1e-12); // (N, L)
        var here = clear.narrow(1, first, last - first + 1); // (N, K)
        var (before, after) = (clear.narrow(1, first - 1, last - first + 1), clear.narrow(1, first + 1, last - first + 1));
        var isPeak = (here > before) & (here >= after) & (here > 0);
        var peaks = where(isPeak, here, zeros_like(here));
        var most = peaks.amax([1], keepdim: true); // (N, 1)
        var lags = arange(here.shape[1]).unsqueeze(0); // (1, K)
        var chosen = where(isPeak & (here >= most * Threshold), lags, full_like(lags, here.shape[1])).amin([1], keepdim: true)
            .clamp_max(here.shape[1] - 1); // (N, 1)
        var (y0, y1, y2) = (before.gather(1, chosen), here.gather(1, chosen), after.gather(1, chosen));
        var curve = y0 - (2 * y1) + y2;
        var offset = where(curve < 0, (y0 - y2) / (2 * curve), zeros_like(curve)); // (N, 1)
        var pitch = rate / (chosen + first + offset); // (N, 1)
        var clarity = y1 - ((y0 - y2) * offset / 4);
        var none = most <= 0;
        return (where(none, full_like(pitch, double.NaN), pitch).squeeze(1).MoveToOuterDisposeScope(),
            where(none, zeros_like(clarity), clarity).squeeze(1).MoveToOuterDisposeScope());
    }
}

/// <summary>What the readers of sounds take.</summary>
internal static class SoundArguments
{
    public static void Require(Tensor sounds, int rate)
    {
        ThrowIf(sounds.dim() != 3 || sounds.shape[0] < 1 || sounds.shape[1] != 1 || !sounds.is_floating_point(),
            $"Sounds must be floats of shape (N, 1, T), not {sounds.dtype} of shape {Shape(sounds)}.", nameof(sounds));
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
    }
}
