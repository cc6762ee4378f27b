namespace ResearchKit.Models.Layers;

/// <summary>Low-pass filtering of each channel with the binomial taps [1, 3, 3, 1] along both axes, so that images of another size have no
/// aliases.</summary>
/// <remarks>Karras et al. (StyleGAN2), arXiv:1912.04958, appendix B, and R3GAN, arXiv:2501.05441, whose filter is the same. The kernel is
/// the outer product of the taps, divided by its sum; what lies outside an image is 0. These are depthwise convolutions: on a CPU the
/// fastest of the equal forms, the second derivative included. Deviations: none. The caller disposes the results.</remarks>
public static class BinomialFilter
{
    private static readonly long[] Two = [2, 2];
    private static readonly long[] One = [1, 1];

    /// <summary>The filter's kernel.</summary>
    /// <param name="gain">What it sums to: 1 keeps the brightness; 4 does so after zeros were put between the pixels.</param>
    /// <returns>Shape (4, 4), float32, exact. It outlives the dispose scope; the caller disposes it.</returns>
    public static Tensor Kernel(double gain = 1)
    {
        using var taps = tensor(new double[] { 1, 3, 3, 1 }); // (4)
        using var kernel = taps.outer(taps) * (gain / 64); // (4, 4)
        return kernel.to(ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>Doubles height and width: zeros between the pixels, then the filter.</summary>
    /// <param name="x">Shape (B, C, H, W).</param>
    /// <param name="kernel">Shape (4, 4), of x's dtype; summing to 4 it keeps the brightness.</param>
    /// <returns>Shape (B, C, 2 H, 2 W).</returns>
    public static Tensor Upsample(Tensor x, Tensor kernel)
    {
        using var kernels = Depthwise(kernel, x); // (C, 1, 4, 4)
        return nn.functional.conv_transpose2d(x, kernels, null, Two, One, groups: x.shape[1]); // (B, C, 2 H, 2 W)
    }

    /// <summary>Halves height and width: the filter, then every other pixel.</summary>
    /// <param name="x">Shape (B, C, H, W), H and W even.</param>
    /// <param name="kernel">Shape (4, 4), of x's dtype.</param>
    /// <returns>Shape (B, C, H/2, W/2).</returns>
    public static Tensor Downsample(Tensor x, Tensor kernel)
    {
        using var kernels = Depthwise(kernel, x); // (C, 1, 4, 4)
        return nn.functional.conv2d(x, kernels, null, Two, One, groups: x.shape[1]); // (B, C, H/2, W/2)
    }

    /// <summary>The filter alone.</summary>
    /// <param name="x">Shape (B, C, H, W).</param>
    /// <param name="kernel">Shape (4, 4), of x's dtype.</param>
    /// <param name="padding">Zeros around the image, P, at least 0.</param>
    /// <returns>Shape (B, C, H + 2 P - 3, W + 2 P - 3).</returns>
    public static Tensor Blur(Tensor x, Tensor kernel, int padding)
    {
        using var kernels = Depthwise(kernel, x); // (C, 1, 4, 4)
        return nn.functional.conv2d(x, kernels, null, One, [padding, padding], groups: x.shape[1]); // (B, C, H + 2 P - 3, W + 2 P - 3)
    }

    private static Tensor Depthwise(Tensor kernel, Tensor x) => kernel.expand(x.shape[1], 1, kernel.shape[0], kernel.shape[1]);
}

/// <summary>A layer that doubles height and width with <see cref="BinomialFilter"/>; brightness stays.</summary>
/// <inheritdoc cref="BinomialFilter"/>
public sealed class BinomialUpsample : nn.Module<Tensor, Tensor>
{
    private readonly Tensor kernel = BinomialFilter.Kernel(gain: 4);

    /// <summary>Creates the layer, which has no weights, only the filter as a buffer.</summary>
    public BinomialUpsample()
        : base(nameof(BinomialUpsample)) => RegisterComponents();

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, C, H, W).</param>
    /// <returns>Shape (B, C, 2 H, 2 W).</returns>
    public override Tensor forward(Tensor input) => BinomialFilter.Upsample(input, kernel); // (B, C, 2 H, 2 W)
}

/// <summary>A layer that halves height and width with <see cref="BinomialFilter"/>; brightness stays.</summary>
/// <inheritdoc cref="BinomialFilter"/>
public sealed class BinomialDownsample : nn.Module<Tensor, Tensor>
{
    private readonly Tensor kernel = BinomialFilter.Kernel();

    /// <summary>Creates the layer, which has no weights, only the filter as a buffer.</summary>
    public BinomialDownsample()
        : base(nameof(BinomialDownsample)) => RegisterComponents();

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, C, H, W), H and W even.</param>
    /// <returns>Shape (B, C, H/2, W/2).</returns>
    public override Tensor forward(Tensor input) => BinomialFilter.Downsample(input, kernel); // (B, C, H/2, W/2)
}

/// <summary>A layer that filters with <see cref="BinomialFilter"/> and leaves the resolution as it is.</summary>
/// <inheritdoc cref="BinomialFilter"/>
public sealed class BinomialBlur : nn.Module<Tensor, Tensor>
{
    private readonly Tensor kernel;
    private readonly int _padding;

    /// <summary>Creates the layer, which has no weights, only the filter as a buffer.</summary>
    /// <param name="padding">Zeros around the image, P, at least 0.</param>
    /// <param name="gain">What the filter sums to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The padding is below 0.</exception>
    public BinomialBlur(int padding, double gain = 1)
        : base(nameof(BinomialBlur))
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        (_padding, kernel) = (padding, BinomialFilter.Kernel(gain));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, C, H, W).</param>
    /// <returns>Shape (B, C, H + 2 P - 3, W + 2 P - 3).</returns>
    public override Tensor forward(Tensor input) => BinomialFilter.Blur(input, kernel, _padding); // (B, C, H + 2 P - 3, W + 2 P - 3)
}
