namespace ResearchKit.Training.Augmentation;

/// <summary>ADA's transforms beyond moving and painting: filters, noise, cutout.</summary>
/// <remarks>arXiv:2006.06676, appendix B, and its authors' code. Every image takes as many numbers from the stream, whatever happens to it.
/// Deviations: images of fewer than 22 pixels a side are mirrored more than once for the filters, where the authors' code refuses
/// them.</remarks>
internal static class AdaptiveImageSpace
{
    private const int Bands = 4;
    private const double NoiseDeviation = 0.1;
    private const double CutSide = 0.5;

    // The power to expect of natural images in each band, as a share: most of it is in the coarsest.
    private static readonly double[] Power = [10 / 13.0, 1 / 13.0, 1 / 13.0, 1 / 13.0];
    private static readonly double[][] Bank = FilterBank();

    /// <summary>Draws the amounts for a batch of images, shape (B, C, H, W), and applies them.</summary>
    public static Tensor Apply(Tensor x, AdaptiveTransforms transforms, double p, Generator random)
    {
        using var scope = NewDisposeScope();
        var (images, height, width) = (x.shape[0], x.shape[2], x.shape[3]);
        // An image's numbers: four bands, noise, cutout and its centre (x, y); four bands, noise.
        var uniform = rand(images, 8, dtype: ScalarType.Float64, generator: random);
        var normal = randn(images, 5, dtype: ScalarType.Float64, generator: random);
        if (transforms.HasFlag(AdaptiveTransforms.Filter))
        {
            var bank = tensor(Bank.SelectMany(b => b).ToArray()).reshape(Bands, -1);
            var filters = Gains(normal[.., ..4], uniform[.., ..4] < p).matmul(bank); // (B, taps)
            var vertical = FilterMatrix(filters, height).to(x.dtype, x.device);
            var horizontal = width == height ? vertical : FilterMatrix(filters, width).to(x.dtype, x.device);
            x = vertical.matmul(x).matmul(horizontal.transpose(2, 3));
        }

        if (transforms.HasFlag(AdaptiveTransforms.Noise))
        {
            var sigma = (NoiseDeviation * normal[.., 4].abs() * (uniform[.., 4] < p)).reshape(-1, 1, 1, 1);
            var noise = randn(x.shape, dtype: x.dtype, generator: random);
            x = x + (noise * sigma.to(x.dtype)).to(x.device);
        }

        if (transforms.HasFlag(AdaptiveTransforms.Cutout))
        {
            var happens = (uniform[.., 5] < p).reshape(-1, 1, 1, 1);
            var inside = Inside(6, width).reshape(images, 1, 1, width) & Inside(7, height).reshape(images, 1, height, 1);
            x = x * (happens & inside).logical_not().to(x.dtype, x.device);

            Tensor Inside(int centre, long side) =>
                (((arange(side, dtype: ScalarType.Float64) + 0.5) / side) - uniform[.., centre].unsqueeze(1)).abs() < CutSide / 2;
        }

        return x.MoveToOuterDisposeScope();
    }

    // How each image's bands are amplified, (B, 4): one band after the other, each time scaled so that the expected power stays.
    private static Tensor Gains(Tensor normal, Tensor happens)
    {
        var power = tensor(Power);
        var gains = ones(normal.shape[0], Bands, dtype: ScalarType.Float64);
        for (var band = 0; band < Bands; band++)
        {
            var gain = ones_like(gains);
            gain[.., band] = where(happens[.., band], exp2(normal[.., band]), ones(normal.shape[0], dtype: ScalarType.Float64));
            gains *= gain / (power * gain.square()).sum(1, keepdim: true).sqrt();
        }

        return gains;
    }

    // Each image's filter as a matrix along one side, (B, 1, side, side); pixels are mirrored at those of the border.
    private static Tensor FilterMatrix(Tensor filters, long side)
    {
        var (images, taps) = (filters.shape[0], filters.shape[1]);
        var period = Math.Max(1, 2 * (side - 1));
        var pixel = (arange(side).unsqueeze(1) + arange(taps) - (taps / 2)).remainder(period); // (side, taps)
        pixel = minimum(pixel, period - pixel);
        return zeros(images, side, side, dtype: filters.dtype)
            .scatter_add_(2, pixel.expand(images, side, taps), filters.unsqueeze(1).expand(images, side, taps)).unsqueeze(1);
    }

    // Four filters, from coarse to fine, each for an octave of frequencies; together they are the identity. Built from the wavelet sym2.
    private static double[][] FilterBank()
    {
        var root = Math.Sqrt(3);
        double[] low = [.. new[] { 1 - root, 3 - root, 3 + root, 1 + root }.Select(v => v / (4 * Math.Sqrt(2)))];
        var (smooth, detail) = (Autocorrelation(low), Autocorrelation([.. low.Select((v, i) => i % 2 == 0 ? v : -v)]));
        double[][] bank = [[1], [0], [0], [0]];
        for (var band = 1; band < Bands; band++)
        {
            bank = [.. bank.Select(f => Convolve(ZerosBetween(f), smooth))];
            var first = (bank[band].Length - detail.Length) / 2;
            for (var i = 0; i < detail.Length; i++)
            {
                bank[band][first + i] += detail[i];
            }
        }

        return bank;

        static double[] Autocorrelation(double[] f) => [.. Convolve(f, [.. f.Reverse()]).Select(v => v / 2)];

        static double[] ZerosBetween(double[] f) => [.. Enumerable.Range(0, (2 * f.Length) - 1).Select(i => i % 2 == 0 ? f[i / 2] : 0)];

        static double[] Convolve(double[] a, double[] b) => [.. Enumerable.Range(0, a.Length + b.Length - 1).Select(i =>
            Enumerable.Range(Math.Max(0, i - b.Length + 1), Math.Min(i, a.Length - 1) - Math.Max(0, i - b.Length + 1) + 1)
                .Sum(k => a[k] * b[i - k]))];
    }
}
