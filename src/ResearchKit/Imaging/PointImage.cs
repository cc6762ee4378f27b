using ResearchKit.Data.Toy;
using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Points in the plane as a small image: the more points fall on a pixel, the darker it is, and circles mark a mixture's
/// modes.</summary>
public static class PointImage
{
    private static readonly byte[] Ring = [230, 159, 0]; // orange and blue are told apart by nearly everybody
    private static readonly byte[] Ink = [0, 70, 140];

    /// <summary>Draws points over a mixture's modes.</summary>
    /// <param name="points">Shape (N, 2), any float dtype and device; those outside the image or not finite are not drawn. Stays the
    /// caller's.</param>
    /// <param name="target">The mixture; each mode is a circle of 6 standard deviations, at least 4 pixels wide.</param>
    /// <param name="size">Pixels a side, at least 32.</param>
    /// <returns>A PNG file.</returns>
    /// <exception cref="ArgumentException">The points are not of shape (N, 2), or the mixture is not in the plane.</exception>
    public static byte[] Draw(Tensor points, GaussianMixture target, int size = 220)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 32);
        if (points.dim() != 2 || points.shape[1] != 2 || target.Dimensions != 2)
        {
            throw new ArgumentException($"An image of points needs shape (N, 2) and a mixture in the plane, not " +
                $"{TensorShape.Show(points.shape)} and {target.Dimensions} dimension(s).", nameof(points));
        }

        var reach = target.Means.Max(m => m.Max(Math.Abs));
        var area = PlotArea.Square(Math.Max(1.25 * reach, reach + (8 * target.Sigmas.Max())));
        var pixels = new byte[size * size * 3];
        Array.Fill(pixels, byte.MaxValue); // white

        foreach (var (mean, sigma) in target.Means.Zip(target.Sigmas))
        {
            Circle(pixels, size, area, mean, Math.Max(6 * sigma, 2 * (area.Right - area.Left) / size));
        }

        var counts = Counts(points, area, size);
        var most = Math.Log(1 + counts.Max());
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                var share = 0.35 + (0.65 * Math.Log(1 + counts[i]) / most); // one point is seen, a thousand are darker
                for (var c = 0; c < 3; c++)
                {
                    pixels[(i * 3) + c] = (byte)((Ink[c] * share) + (pixels[(i * 3) + c] * (1 - share)));
                }
            }
        }

        return PngFile.Encode(pixels, size, size, 3);
    }

    private static int[] Counts(Tensor points, PlotArea area, int size)
    {
        using var scope = NewDisposeScope();
        var values = points.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        var counts = new int[size * size];
        for (var i = 0; i < values.Length; i += 2)
        {
            if (PixelOf(values[i], values[i + 1], area, size) is { } pixel)
            {
                counts[pixel]++;
            }
        }

        return counts;
    }

    private static void Circle(byte[] pixels, int size, PlotArea area, double[] centre, double radius)
    {
        for (var i = 0; i < 720; i++)
        {
            var (x, y) = (centre[0] + (radius * Math.Cos(i * Math.PI / 360)), centre[1] + (radius * Math.Sin(i * Math.PI / 360)));
            if (PixelOf(x, y, area, size) is { } pixel)
            {
                Ring.CopyTo(pixels, pixel * 3);
            }
        }
    }

    private static int? PixelOf(double x, double y, PlotArea area, int size)
    {
        var column = (x - area.Left) / (area.Right - area.Left) * size;
        var row = (area.Top - y) / (area.Top - area.Bottom) * size;
        return column >= 0 && column < size && row >= 0 && row < size ? ((int)row * size) + (int)column : null; // null for NaN too
    }
}
