using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A layer whose weight is divided by its largest singular value, so that it cannot steepen the discriminator.</summary>
/// <remarks>
/// Miyato et al., arXiv:1802.05957, eq. 8 and algorithm 1: the weight as a matrix of one row an output. One power iteration a training
/// forward, none in evaluation.
/// State-dict keys and numbers are those of <c>torch.nn.utils.spectral_norm</c>. Deviations: none; as in the paper, the norm is that of the
/// matrix, not of a convolution.
/// </remarks>
public abstract class SpectralLayer : nn.Module<Tensor, Tensor>
{
    private protected readonly Parameter weight_orig;
    private protected readonly Tensor weight_u;
    private protected readonly Tensor weight_v;
    private protected readonly Parameter? bias;

    private readonly int _outputs;

    private protected SpectralLayer(string name, (Parameter Weight, Parameter? Bias) numbers, int outputs = 0)
        : base(name)
    {
        _outputs = outputs;
        (weight_orig, bias) = numbers;
        (weight_u, weight_v) = SpectralWeight.Start(weight_orig, outputs);
        RegisterComponents();
    }

    /// <summary>The weight as it is trained, before the division.</summary>
    internal Parameter TrainedWeight => weight_orig;

    /// <summary>The bias, which is not normalised; null where there is none.</summary>
    internal Parameter? TrainedBias => bias;

    /// <summary>The weight's largest singular value, as the power iteration has it so far.</summary>
    /// <returns>A scalar without a gradient. The caller disposes it.</returns>
    public Tensor Sigma() => SpectralWeight.Sigma(weight_orig, weight_u, weight_v, _outputs);

    /// <summary>The divided weight, with its graph; in training the power iteration goes on. The caller disposes it.</summary>
    private protected Tensor Normalized() => SpectralWeight.Normalize(weight_orig, weight_u, weight_v, training, _outputs);
}
