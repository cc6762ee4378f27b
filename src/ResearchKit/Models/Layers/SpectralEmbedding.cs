using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Models.Layers;

/// <summary>A table of vectors, one for each class, divided by its largest singular value.</summary>
/// <remarks>
/// Miyato et al., arXiv:1802.05957, eq. 8 and algorithm 1; Miyato and Koyama, arXiv:1802.05637, use it in a projection discriminator. One power iteration a training
/// forward, none in evaluation. State-dict keys and numbers are those of <c>torch.nn.utils.spectral_norm</c>. Deviations: none.
/// </remarks>
public sealed class SpectralEmbedding : nn.Module<Tensor, Tensor>, ISpectralLayer
{
    private readonly Parameter weight_orig;
    private readonly Tensor weight_u;
    private readonly Tensor weight_v;

    /// <summary>Builds the layer with PyTorch's default weights, N(0, 1).</summary>
    /// <param name="classes">Vectors in the table, at least 1.</param>
    /// <param name="size">The length of a vector, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public SpectralEmbedding(long classes, long size)
        : base(nameof(SpectralEmbedding))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        weight_orig = SpectralWeight.Keep(() => randn(classes, size));
        (weight_u, weight_v) = SpectralWeight.Start(weight_orig);
        RegisterComponents();
    }

    Parameter ISpectralLayer.Weight => weight_orig;

    Parameter? ISpectralLayer.Bias => null;

    /// <summary>The table's largest singular value, as the power iteration has it so far.</summary>
    /// <returns>A scalar without a gradient. The caller disposes it.</returns>
    public Tensor Sigma() => SpectralWeight.Sigma(weight_orig, weight_u, weight_v);

    /// <summary>Looks the vectors up.</summary>
    /// <param name="input">Class numbers, int64, shape (B), each in [0, classes).</param>
    /// <returns>Shape (B, size).</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = SpectralWeight.Normalize(weight_orig, weight_u, weight_v, training); // (classes, size)
        return weight.index_select(0, input); // (B, size)
    }
}
