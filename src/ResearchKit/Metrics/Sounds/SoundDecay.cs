using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics.Sounds;

/// <summary>How fast sounds die away, read from their envelope: no network.</summary>
/// <remarks>The mean square of windows without overlap is taken; a straight line is fitted, by least squares, to its logarithm from the
/// loudest window to the last one that is within 40 dB of it. A sound that goes as exp(-t / tau) has a line of slope -2 / tau. In
/// float64.</remarks>
public static class SoundDecay
{
    private const int Window = 128;
    private const double Range = 1e-4; // 40 dB
    private const int Fewest = 3;

    /// <summary>Reads sounds.</summary>
    /// <param name="sounds">Shape (N, 1, T), any float dtype and device; T at least three windows of 128 samples.</param>
    /// <param name="rate">Samples a second.</param>
    /// <returns>tau in seconds, above 0: infinite for a sound that does not die away, NaN where fewer than three windows are loud enough.
    /// float64, shape (N), on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another, or the sounds are too short.</exception>
    public static Tensor Of(Tensor sounds, int rate)
    {
        SoundArguments.Require(sounds, rate);
        var windows = sounds.shape[2] / Window;
        ThrowIf(windows < Fewest, $"A decay is read from {Fewest} windows of {Window} samples or more, and these sounds have " +
            $"{sounds.shape[2]} samples.", nameof(sounds));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var power = sounds.to(ScalarType.Float64, CPU).narrow(2, 0, windows * Window).reshape(sounds.shape[0], windows, Window)
            .square().mean([2]); // (N, W)
        var (most, start) = power.max(1, keepdim: true); // (N, 1)
        var place = arange(windows, ScalarType.Float64).unsqueeze(0); // (1, W)
        var isQuiet = (power < most * Range) & (place > start);
        var end = where(isQuiet, place, full_like(place, windows)).amin([1], keepdim: true); // (N, 1): the first quiet window after it
        var weight = ((place >= start) & (place < end)).to(ScalarType.Float64); // (N, W)
        var count = weight.sum([1], keepdim: true);
        var logs = power.clamp_min(1e-300).log() * weight;
        var mean = (place * weight).sum([1], keepdim: true) / count;
        var centred = (place - mean) * weight;
        var slope = (centred * logs).sum([1]) / centred.square().sum([1]); // (N), a window
        var tau = -2 * Window / (slope * rate);
        var dies = where(slope < 0, tau, full_like(tau, double.PositiveInfinity));
        var isEnough = (count.squeeze(1) >= Fewest) & (most.squeeze(1) > 0);
        return where(isEnough, dies, full_like(tau, double.NaN)).MoveToOuterDisposeScope();
    }
}
