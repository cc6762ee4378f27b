namespace ResearchKit.Models.Layers;

/// <summary>A spectrally normalised convolution.</summary>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralConv2d : SpectralConvolution
{
    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Channels in, at least 1.</param>
    /// <param name="outputs">Channels out, at least 1.</param>
    /// <param name="kernelSize">Height and width of the kernel, at least 1.</param>
    /// <param name="stride">Its step, at least 1.</param>
    /// <param name="padding">Zeros at each side, at least 0.</param>
    /// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SpectralConv2d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0, bool hasBias = true)
        : base(nameof(SpectralConv2d), new Sizes(inputs, outputs, kernelSize, stride, padding, hasBias),
            [outputs, inputs, kernelSize, kernelSize])
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, H, W).</param>
    /// <returns>Shape (B, outputs, H', W').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (outputs, inputs, K, K)
        return nn.functional.conv2d(input, weight, bias, [Stride, Stride], [Padding, Padding]); // (B, outputs, H', W')
    }
}
