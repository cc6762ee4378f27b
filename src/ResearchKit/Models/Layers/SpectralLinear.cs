using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Models.Layers;

/// <summary>A linear layer whose weight is divided by its largest singular value: it stretches no vector.</summary>
/// <remarks>
/// Miyato et al., arXiv:1802.05957, eq. 8 and algorithm 1. One power iteration a training forward, none in evaluation.
/// State-dict keys and numbers are those of <c>torch.nn.utils.spectral_norm</c>. Deviations: none.
/// </remarks>
public sealed class SpectralLinear : nn.Module<Tensor, Tensor>, ISpectralLayer
{
    private readonly Parameter weight_orig;
    private readonly Tensor weight_u;
    private readonly Tensor weight_v;
    private readonly Parameter? bias;

    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Numbers in, at least 1.</param>
    /// <param name="outputs">Numbers out, at least 1.</param>
    /// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public SpectralLinear(long inputs, long outputs, bool hasBias = true)
        : base(nameof(SpectralLinear))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        (weight_orig, bias) = SpectralWeight.Draw(hasBias ? outputs : 0, outputs, inputs);
        (weight_u, weight_v) = SpectralWeight.Start(weight_orig);
        RegisterComponents();
    }

    Parameter ISpectralLayer.Weight => weight_orig;

    Parameter? ISpectralLayer.Bias => bias;

    /// <summary>The weight's largest singular value, as the power iteration has it so far.</summary>
    /// <returns>A scalar without a gradient. The caller disposes it.</returns>
    public Tensor Sigma() => SpectralWeight.Sigma(weight_orig, weight_u, weight_v);

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs).</param>
    /// <returns>Shape (B, outputs).</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = SpectralWeight.Normalize(weight_orig, weight_u, weight_v, training); // (outputs, inputs)
        return nn.functional.linear(input, weight, bias); // (B, outputs)
    }
}
