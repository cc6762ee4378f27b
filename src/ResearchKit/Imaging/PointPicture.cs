using ResearchKit.Data.Toy;

namespace ResearchKit.Imaging;

/// <summary>Points in the plane as a small picture: the more points fall on a pixel, the darker it is, and circles mark a mixture's
/// modes.</summary>
public static class PointPicture
{
    private static readonly byte[] Paper = [255, 255, 255];
    private static readonly byte[] Ring = [230, 159, 0]; // orange and blue are told apart by nearly everybody
    private static readonly byte[] Ink = [0, 70, 140];

    /// <summary>Draws points over a mixture's modes.</summary>
    /// <param name="points">Shape (N, 2), any float dtype and device; those outside the picture or not finite are not drawn. Stays the
    /// caller's.</param>
    /// <param name="target">The mixture; each mode is a circle of 6 standard deviations, at least 4 pixels wide.</param>
    /// <param name="size">Pixels a side, at least 32.</param>
    /// <returns>A PNG file.</returns>
    /// <exception cref="ArgumentException">The points are not of shape (N, 2), or the mixture is not in the plane.</exception>
    public static byte[] Draw(Tensor points, GaussianMixture target, int size = 220)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 32);
        if (points.dim() != 2 || points.shape[1] != 2 || target.Dimensions != 2)
        {
            throw new ArgumentException($"A picture of points needs shape (N, 2) and a mixture in the plane, not ({string.Join(", " +
                "", points.shape)}) and {target.Dimensions} dimension(s).", nameof(points));
        }

        var area = Square(target);
        var pixels = new byte[size * size * 3];
        for (var i = 0; i < size * size; i++)
        {
            Paper.CopyTo(pixels, i * 3);
        }

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

    private static PlotArea Square(GaussianMixture target)
    {
        var reach = target.Means.Max(m => m.Max(Math.Abs));
        return PlotArea.Square(Math.Max(1.25 * reach, reach + (8 * target.Sigmas.Max())));
    }

    private static int[] Counts(Tensor points, PlotArea area, int size)
    {
        using var scope = NewDisposeScope();
        var values = points.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        var counts = new int[size * size];
        for (var i = 0; i < values.Length; i += 2)
        {
            var (x, y) = ((values[i] - area.Left) / (area.Right - area.Left) * size,
                (area.Top - values[i + 1]) / (area.Top - area.Bottom) * size);
            if (x >= 0 && x < size && y >= 0 && y < size) // false for NaN
            {
                counts[((int)y * size) + (int)x]++;
            }
        }

        return counts;
    }

    private static void Circle(byte[] pixels, int size, PlotArea area, double[] centre, double radius)
    {
        for (var i = 0; i < 720; i++)
        {
            var (x, y) = (centre[0] + (radius * Math.Cos(i * Math.PI / 360)), centre[1] + (radius * Math.Sin(i * Math.PI / 360)));
            var (column, row) = ((int)((x - area.Left) / (area.Right - area.Left) * size),
                (int)((area.Top - y) / (area.Top - area.Bottom) * size));
            if (column >= 0 && column < size && row >= 0 && row < size)
            {
                Ring.CopyTo(pixels, ((row * size) + column) * 3);
            }
        }
    }
}
