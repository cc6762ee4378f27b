namespace ResearchKit.Training.Augmentation;

/// <summary>ADA's transforms beyond moving and painting: filters, noise, cutout.</summary>
/// <remarks>arXiv:2006.06676, appendix B, and its authors' code. Every image takes as many numbers from the stream, whatever happens to
/// it.</remarks>
internal static class AdaptiveCorruption
{
    private const int Bands = 4;
    private const double NoiseDeviation = 0.1;
    private const double CutSide = 0.5;

    // What natural images have in each band, as a share of their power: mostly coarse.
    private static readonly double[] Power = [10 / 13.0, 1 / 13.0, 1 / 13.0, 1 / 13.0];
    private static readonly double[][] Bank = BandPass();

    /// <summary>Gives a batch of images, shape (B, C, H, W), what was drawn for them.</summary>
    public static Tensor Apply(Tensor x, AdaptiveTransforms transforms, double p, Generator random)
    {
        using var scope = NewDisposeScope();
        var (images, height, width) = (x.shape[0], x.shape[2], x.shape[3]);
        var uniform = rand(images, 8, dtype: ScalarType.Float64, generator: random);
        var normal = randn(images, 5, dtype: ScalarType.Float64, generator: random);
        if (transforms.HasFlag(AdaptiveTransforms.Filter))
        {
            var taps = Gains(normal[.., ..4], uniform[.., ..4] < p).matmul(tensor(Bank.SelectMany(b => b).ToArray()).reshape(Bands, -1));
            x = Along(height).matmul(x).matmul(Along(width).transpose(2, 3));
            // (B, 1, side, side): the filter of each image as a matrix, mirrored at the outer edges
            Tensor Along(long side) =>
                taps.matmul(Places(side)).reshape(images, 1, side, side).to(x.dtype, x.device);
        }

        if (transforms.HasFlag(AdaptiveTransforms.Noise))
        {
            var sigma = (NoiseDeviation * normal[.., 4].abs() * (uniform[.., 4] < p)).reshape(-1, 1, 1, 1);
            var noise = randn(x.shape, dtype: x.dtype, generator: random);
            x = x + (noise * sigma.to(x.dtype)).to(x.device);
        }

        if (transforms.HasFlag(AdaptiveTransforms.Cutout))
        {
            var cut = (uniform[.., 5] < p).reshape(-1, 1, 1, 1);
            var inside = Inside(6, width).reshape(images, 1, 1, width) & Inside(7, height).reshape(images, 1, height, 1);
            x = x * (cut & inside).logical_not().to(x.dtype, x.device);

            Tensor Inside(int centre, long side) =>
                (((arange(side, dtype: ScalarType.Float64) + 0.5) / side) - uniform[.., centre].unsqueeze(1)).abs() < CutSide / 2;
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>How each band is amplified, shape (B, 4): band by band 2^N(0, 1) or 1, where all four are then scaled so that the power to
    /// expect of an image stays.</summary>
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

    /// <summary>1 where a tap meets a pixel, shape (taps, side x side): row i, column j, tap k stand together where pixel i + k, counted
    /// from the filter's middle and mirrored at the border pixels, is j.</summary>
    private static Tensor Places(long side)
    {
        var taps = Bank[0].Length;
        var period = Math.Max(1, 2 * (side - 1));
        var at = (arange(side).unsqueeze(0) + arange(taps).unsqueeze(1) - (taps / 2)).remainder(period); // (taps, side)
        at = minimum(at, period - at);
        return at.unsqueeze(2).eq(arange(side)).to(ScalarType.Float64).flatten(1);
    }

    /// <summary>Four filters that sum to the identity, from the coarsest band to the finest: of the wavelet sym2, as octaves.</summary>
    private static double[][] BandPass()
    {
        var root = Math.Sqrt(3);
        double[] low = [.. new[] { 1 - root, 3 - root, 3 + root, 1 + root }.Select(v => v / (4 * Math.Sqrt(2)))];
        var (smooth, detail) = (Autocorrelation(low), Autocorrelation([.. low.Select((v, i) => i % 2 == 0 ? v : -v)]));
        double[][] bank = [[1], [0], [0], [0]];
        for (var band = 1; band < Bands; band++)
        {
            bank = [.. bank.Select(f => Convolve(Spread(f), smooth))];
            var first = (bank[band].Length - detail.Length) / 2;
            for (var i = 0; i < detail.Length; i++)
            {
                bank[band][first + i] += detail[i];
            }
        }

        return bank;

        static double[] Autocorrelation(double[] f) => [.. Convolve(f, [.. f.Reverse()]).Select(v => v / 2)];

        static double[] Spread(double[] f) => [.. Enumerable.Range(0, (2 * f.Length) - 1).Select(i => i % 2 == 0 ? f[i / 2] : 0)];

        static double[] Convolve(double[] a, double[] b) => [.. Enumerable.Range(0, a.Length + b.Length - 1).Select(i =>
            Enumerable.Range(Math.Max(0, i - b.Length + 1), Math.Min(i, a.Length - 1) - Math.Max(0, i - b.Length + 1) + 1)
                .Sum(k => a[k] * b[i - k]))];
    }
}
