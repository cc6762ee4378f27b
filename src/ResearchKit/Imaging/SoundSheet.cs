using System.Globalization;
using ResearchKit.Data.Sounds;
using ResearchKit.Metrics.Sounds;

namespace ResearchKit.Imaging;

/// <summary>Sounds as images: a spectrogram each, and below it the wave.</summary>
public static class SoundSheet
{
    private const int Bands = 64;
    private const int Columns = 64;
    private const int WaveHeight = 32;
    private const double Quietest = -7; // log10 of the power that is drawn white
    private const double Loudest = 1.5;

    /// <summary>Lays sounds out row by row.</summary>
    /// <param name="set">The sounds; stay the caller's.</param>
    /// <param name="columns">Sounds a row, at least 1.</param>
    /// <param name="caption">What they are; how they are drawn is added.</param>
    /// <param name="rowLabels">What each row shows, as in <see cref="ImageGrid.Of"/>.</param>
    /// <returns>Of each sound its log-mel spectrogram, dark where it is loud, high pitches up, time to the right; below it the wave from -1
    /// to 1.</returns>
    public static ImageGrid Of(SoundSet set, int columns = 8, string caption = "", IReadOnlyList<string>? rowLabels = null)
    {
        using var images = Images(set);
        return ImageGrid.Of(images, columns, scale: 2, caption.Length > 0 ? $"{caption}: {HowDrawn(set)}" : HowDrawn(set), rowLabels);
    }

    /// <summary>How they are drawn, in words.</summary>
    /// <param name="set">The sounds.</param>
    public static string HowDrawn(SoundSet set) => string.Create(CultureInfo.InvariantCulture,
        $"{(double)set.Length / set.Rate:0.00} s to the right, {LogMel.LowestFrequency:0} Hz to {set.Rate / 2000.0:0.#} kHz upwards " +
        $"(mel); below, the wave");

    /// <summary>The images alone, one a sound.</summary>
    /// <param name="set">The sounds; stay the caller's.</param>
    /// <returns>uint8, shape (N, 1, 96, 64). The caller disposes it.</returns>
    public static Tensor Images(SoundSet set)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var mel = LogMel.Of(set.Sounds, set.Rate, Bands, Math.Max(1, set.Length / Columns)); // (N, 64, M)
        var loud = ((mel - Quietest) / (Loudest - Quietest)).clamp(0, 1); // 1 is the loudest
        var spectrogram = ((1 - loud.narrow(2, 0, Columns).flip(1)) * 255).to(ScalarType.Byte); // (N, 64, 64), low bands at the bottom
        return cat([spectrogram, Waves(set)], 1).unsqueeze(1).MoveToOuterDisposeScope();
    }

    // In each column the span of the wave's values in its stretch of time; shape (N, 32, 64), uint8.
    private static Tensor Waves(SoundSet set)
    {
        var stretch = Math.Max(1, set.Length / Columns);
        var parts = set.Sounds.cpu().squeeze(1).narrow(1, 0, stretch * Columns).reshape(set.Count, 1, Columns, stretch); // (N, 1, 64, S)
        var top = ((1 - parts.amax([3])) / 2 * (WaveHeight - 1)).round(); // (N, 1, 64)
        var bottom = ((1 - parts.amin([3])) / 2 * (WaveHeight - 1)).round();
        var row = arange(WaveHeight).reshape(1, WaveHeight, 1); // (1, 32, 1)
        var isDark = (row >= top) & (row <= bottom);
        return where(isDark, full_like(isDark, 60, ScalarType.Byte), full_like(isDark, 235, ScalarType.Byte));
    }
}
