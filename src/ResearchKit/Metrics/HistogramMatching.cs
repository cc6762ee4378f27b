using ResearchKit.Data;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>The translation that needs no network: each channel's values are replaced so that they come as often as in the other domain.
/// What a translator must beat.</summary>
/// <remarks>One table of 256 values for each channel, from all images of both domains: a value of A becomes the smallest value of B that
/// is, with all smaller ones, at least as frequent. White stays white where B has white. Gonzalez and Woods, Digital Image
/// Processing, section "histogram matching (specification)".</remarks>
public static class HistogramMatching
{
    /// <summary>Translates images.</summary>
    /// <param name="images">Images of A, float, [-1, 1], shape (M, C, H, W).</param>
    /// <param name="a">Images of A to count, uint8, shape (N, C, H, W).</param>
    /// <param name="b">Images of B to count, likewise; any number.</param>
    /// <returns>Shape (M, C, H, W), float32, [-1, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The domains have other channels.</exception>
    public static Tensor Translate(Tensor images, Tensor a, Tensor b)
    {
        ThrowIf(a.shape[1] != b.shape[1] || a.shape[1] != images.shape[1], "Histograms are matched channel by channel, and the domains " +
            $"have {a.shape[1]} and {b.shape[1]} channels, the images {images.shape[1]}.");
        using var scope = NewDisposeScope();
        var values = PixelValues.ToBytes(images).to(ScalarType.Int64); // (M, C, H, W)
        var made = Enumerable.Range(0, (int)a.shape[1]).Select(channel =>
        {
            // less the rounding of sums: a whole share must find its equal
            var table = searchsorted(Shares(b, channel), Shares(a, channel) - 1e-9).clamp(0, 255); // (256)
            return table[values.select(1, channel)]; // (M, H, W)
        }).ToArray();
        return PixelValues.FromBytes(stack(made, 1).to(ScalarType.Byte)).MoveToOuterDisposeScope();
    }

    // The share of pixels that have at most each value; float64, (256).
    private static Tensor Shares(Tensor images, int channel)
    {
        var counts = bincount(images.select(1, channel).flatten().to(ScalarType.Int64), minlength: 256).to(ScalarType.Float64);
        return counts.cumsum(0) / counts.sum();
    }
}
