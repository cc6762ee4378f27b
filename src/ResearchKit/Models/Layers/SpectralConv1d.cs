using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Models.Layers;

/// <summary>A convolution along a line whose weight is divided by its largest singular value.</summary>
/// <remarks>
/// Miyato et al., arXiv:1802.05957, eq. 8 and algorithm 1: the weight as a matrix of one row an output channel. One power iteration a training forward, none in
/// evaluation. State-dict keys and numbers are those of <c>torch.nn.utils.spectral_norm</c>. Deviations: none; as in the paper, the norm is that of the matrix, not
/// of the convolution.
/// </remarks>
public sealed class SpectralConv1d : nn.Module<Tensor, Tensor>, ISpectralLayer
{
    private readonly Parameter weight_orig;
    private readonly Tensor weight_u;
    private readonly Tensor weight_v;
    private readonly Parameter? bias;
    private readonly long _stride;
    private readonly long _padding;

    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Channels in, at least 1.</param>
    /// <param name="outputs">Channels out, at least 1.</param>
    /// <param name="kernelSize">The kernel's length, at least 1.</param>
    /// <param name="stride">Its step, at least 1.</param>
    /// <param name="padding">Zeros at each end, at least 0.</param>
    /// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SpectralConv1d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0, bool hasBias = true)
        : base(nameof(SpectralConv1d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        _stride = stride;
        _padding = padding;
        (weight_orig, bias) = SpectralWeight.Draw(hasBias ? outputs : 0, outputs, inputs, kernelSize);
        (weight_u, weight_v) = SpectralWeight.Start(weight_orig);
        RegisterComponents();
    }

    Parameter ISpectralLayer.Weight => weight_orig;

    Parameter? ISpectralLayer.Bias => bias;

    /// <summary>The weight's largest singular value, as the power iteration has it so far.</summary>
    /// <returns>A scalar without a gradient. The caller disposes it.</returns>
    public Tensor Sigma() => SpectralWeight.Sigma(weight_orig, weight_u, weight_v);

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, L).</param>
    /// <returns>Shape (B, outputs, L').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = SpectralWeight.Normalize(weight_orig, weight_u, weight_v, training); // (outputs, inputs, K)
        return nn.functional.conv1d(input, weight, bias, _stride, _padding); // (B, outputs, L')
    }
}
