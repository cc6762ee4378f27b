namespace ResearchKit.Models.Layers;

/// <summary>A spectrally normalised convolution along a line.</summary>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralConv1d : SpectralConvolution
{
    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Channels in, at least 1.</param>
    /// <param name="outputs">Channels out, at least 1.</param>
    /// <param name="kernelSize">The kernel's length, at least 1.</param>
    /// <param name="stride">Its step, at least 1.</param>
    /// <param name="padding">Zeros at each end, at least 0.</param>
    /// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SpectralConv1d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0, bool hasBias = true)
        : base(nameof(SpectralConv1d), new Sizes(inputs, outputs, kernelSize, stride, padding, hasBias), [outputs, inputs, kernelSize])
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, L).</param>
    /// <returns>Shape (B, outputs, L').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (outputs, inputs, K)
        return nn.functional.conv1d(input, weight, bias, Stride, Padding); // (B, outputs, L')
    }
}
