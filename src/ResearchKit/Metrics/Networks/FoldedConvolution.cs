using ResearchKit.Models.Layers;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>A convolution with the batch normalisation after it folded in: scale * (w x - mean) / sqrt(variance + eps) + offset is a
/// convolution with a bias.</summary>
internal sealed class FoldedConvolution : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;

    /// <summary>Folds in float64; the tensors stay the caller's.</summary>
    /// <param name="weight">Shape (O, I, H, W).</param>
    /// <param name="scale">Shape (O), as <paramref name="offset"/>, <paramref name="mean"/> and <paramref name="variance"/>.</param>
    /// <param name="offset">Added last.</param>
    /// <param name="mean">The running mean.</param>
    /// <param name="variance">The running variance.</param>
    /// <param name="epsilon">Added to it.</param>
    /// <param name="device">Where it computes.</param>
    public FoldedConvolution(Tensor weight, Tensor scale, Tensor offset, Tensor mean, Tensor variance, double epsilon, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (w, b) = BatchNormFolding.Together(weight, null, 0, scale, offset, mean, variance, epsilon);
        _weight = MemoryLayout.ChannelsLast(Single(w)).DetachFromDisposeScope();
        _bias = Single(b).DetachFromDisposeScope();

        Tensor Single(Tensor x) => x.to(ScalarType.Float32).to(device, copy: true);
    }

    /// <summary>Height and width of the kernel.</summary>
    public (long Height, long Width) Kernel => (_weight.shape[2], _weight.shape[3]);

    /// <summary>Applies it; the result is in the current scope.</summary>
    /// <param name="x">Shape (B, I, H, W).</param>
    /// <param name="stride">In both directions.</param>
    /// <param name="padding">Rows above and below, and columns left and right.</param>
    public Tensor Apply(Tensor x, long stride, (long Rows, long Columns) padding) =>
        nn.functional.conv2d(MemoryLayout.ChannelsLast(x), _weight, _bias, [stride, stride], [padding.Rows, padding.Columns]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}
