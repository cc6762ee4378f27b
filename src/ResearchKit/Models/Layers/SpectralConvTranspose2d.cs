namespace ResearchKit.Models.Layers;

/// <summary>A spectrally normalised transposed convolution; outputs are the second axis of its weight.</summary>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralConvTranspose2d : SpectralConvolution
{
    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Channels in, at least 1.</param>
    /// <param name="outputs">Channels out, at least 1.</param>
    /// <param name="kernelSize">Height and width of the kernel, at least 1.</param>
    /// <param name="stride">How far apart the input's values are put, at least 1.</param>
    /// <param name="padding">Rows and columns taken off each side of the output, at least 0.</param>
    /// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SpectralConvTranspose2d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0, bool hasBias = true)
        : base(nameof(SpectralConvTranspose2d), new Sizes(inputs, outputs, kernelSize, stride, padding, hasBias),
            [inputs, outputs, kernelSize, kernelSize], outputs: 1)
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, H, W).</param>
    /// <returns>Shape (B, outputs, H', W').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (inputs, outputs, K, K)
        return nn.functional.conv_transpose2d(input, weight, bias, [Stride, Stride], [Padding, Padding]); // (B, outputs, H', W')
    }
}
