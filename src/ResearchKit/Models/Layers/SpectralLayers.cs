using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A layer whose weight is divided by its largest singular value, so that it cannot steepen the discriminator.</summary>
/// <remarks>Miyato et al., arXiv:1802.05957, eq. 8 and algorithm 1: the weight as a matrix of one row an output. One power iteration a
/// training forward, none in evaluation. The singular value is u' W v: its gradient goes through W alone (eq. 10). State-dict keys, start
/// and numbers are those of <c>torch.nn.utils.spectral_norm</c>. As in the paper, the norm is not that of a convolution. Deviations:
/// none.</remarks>
public abstract class SpectralLayer : nn.Module<Tensor, Tensor>
{
    private const double SmallestNorm = 1e-12; // as in PyTorch: a zero weight stays finite in the iteration

    private protected readonly Parameter weight_orig;
    private protected readonly Tensor weight_u;
    private protected readonly Tensor weight_v;
    private protected readonly Parameter? bias;

    private readonly int _outputs;

    // The weight, of N(0, 1) or uniform in +-1/sqrt(fan in), then the bias: a seed gives PyTorch's numbers. The axis of the weight that
    // counts outputs is not always the first.
    private protected SpectralLayer(string name, long[] shape, bool hasBias, int outputs = 0, bool isNormal = false)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Min(), 1, $"a size of {name}");
        var bound = 1 / Math.Sqrt(shape[1..].Aggregate(1L, (product, size) => product * size));
        _outputs = outputs;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        weight_orig = Keep(isNormal ? randn(shape) : empty(shape).uniform_(-bound, bound));
        bias = hasBias ? Keep(empty(shape[outputs]).uniform_(-bound, bound)) : null;
        var matrix = Matrix();
        weight_u = Unit(randn(matrix.shape[0])).DetachFromDisposeScope();
        weight_v = Unit(randn(matrix.shape[1])).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>The weight as it is trained, before the division.</summary>
    internal Parameter TrainedWeight => weight_orig;

    /// <summary>The bias, which is not normalised; null where there is none.</summary>
    internal Parameter? TrainedBias => bias;

    /// <summary>The weight's largest singular value, as the power iteration has it so far.</summary>
    /// <returns>A scalar without a gradient. The caller disposes it.</returns>
    public Tensor Sigma()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Sigma(Matrix()).MoveToOuterDisposeScope();
    }

    /// <summary>The divided weight, with its graph; in training the power iteration goes on. The caller disposes it.</summary>
    private protected Tensor Normalized()
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix();
        if (training)
        {
            using var noGrad = no_grad();
            weight_v.copy_(Unit(matrix.t().mv(weight_u))); // (rest)
            weight_u.copy_(Unit(matrix.mv(weight_v))); // (outputs)
        }

        return (weight_orig / Sigma(matrix)).MoveToOuterDisposeScope();
    }

    /// <summary>One number for each axis.</summary>
    private protected static long[] PerAxis(int axes, long value, long least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return [.. Enumerable.Repeat(value, axes)];
    }

    // Copies of the vectors: the next forward moves them on before this one's backward has run.
    private Tensor Sigma(Tensor matrix) => dot(weight_u.clone(), matrix.mv(weight_v.clone()));

    private Tensor Matrix() => weight_orig.transpose(0, _outputs).reshape(weight_orig.shape[_outputs], -1); // (outputs, rest)

    private static Tensor Unit(Tensor vector) => vector / vector.norm().clamp_min(SmallestNorm);

    // It outlives the dispose scope in which its layer is built.
    private static Parameter Keep(Tensor numbers)
    {
        var parameter = new Parameter(numbers);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}

/// <summary>A spectrally normalised linear layer: it stretches no vector.</summary>
/// <param name="inputs">Numbers in, at least 1.</param>
/// <param name="outputs">Numbers out, at least 1.</param>
/// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralLinear(long inputs, long outputs, bool hasBias = true)
    : SpectralLayer(nameof(SpectralLinear), [outputs, inputs], hasBias)
{
    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs).</param>
    /// <returns>Shape (B, outputs).</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (outputs, inputs)
        return nn.functional.linear(input, weight, bias); // (B, outputs)
    }
}

/// <summary>A spectrally normalised convolution along a line.</summary>
/// <inheritdoc cref="SpectralConv2d"/>
public sealed class SpectralConv1d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0, bool hasBias = true)
    : SpectralLayer(nameof(SpectralConv1d), [outputs, inputs, kernelSize], hasBias)
{
    private readonly long[] _stride = PerAxis(1, stride, least: 1);
    private readonly long[] _padding = PerAxis(1, padding, least: 0);

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, L).</param>
    /// <returns>Shape (B, outputs, L').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (outputs, inputs, K)
        return nn.functional.conv1d(input, weight, bias, _stride[0], _padding[0]); // (B, outputs, L')
    }
}

/// <summary>A spectrally normalised convolution.</summary>
/// <param name="inputs">Channels in, at least 1.</param>
/// <param name="outputs">Channels out, at least 1.</param>
/// <param name="kernelSize">Height and width of the kernel, at least 1.</param>
/// <param name="stride">Its step, at least 1.</param>
/// <param name="padding">Zeros at each side, at least 0.</param>
/// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralConv2d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0, bool hasBias = true)
    : SpectralLayer(nameof(SpectralConv2d), [outputs, inputs, kernelSize, kernelSize], hasBias)
{
    private readonly long[] _stride = PerAxis(2, stride, least: 1);
    private readonly long[] _padding = PerAxis(2, padding, least: 0);

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, H, W).</param>
    /// <returns>Shape (B, outputs, H', W').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (outputs, inputs, K, K)
        return nn.functional.conv2d(input, weight, bias, _stride, _padding); // (B, outputs, H', W')
    }
}

/// <summary>A spectrally normalised transposed convolution; outputs are the second axis of its weight. The stride is how far apart the
/// input's values are put, the padding what is taken off each side of the output.</summary>
/// <inheritdoc cref="SpectralConv2d"/>
public sealed class SpectralConvTranspose2d(long inputs, long outputs, long kernelSize, long stride = 1, long padding = 0,
    bool hasBias = true)
    : SpectralLayer(nameof(SpectralConvTranspose2d), [inputs, outputs, kernelSize, kernelSize], hasBias, outputs: 1)
{
    private readonly long[] _stride = PerAxis(2, stride, least: 1);
    private readonly long[] _padding = PerAxis(2, padding, least: 0);

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, H, W).</param>
    /// <returns>Shape (B, outputs, H', W').</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (inputs, outputs, K, K)
        return nn.functional.conv_transpose2d(input, weight, bias, _stride, _padding); // (B, outputs, H', W')
    }
}

/// <summary>A spectrally normalised table of vectors, one for each class, as projection discriminators have (arXiv:1802.05637).</summary>
/// <param name="classes">Vectors in the table, at least 1.</param>
/// <param name="size">The length of a vector, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralEmbedding(long classes, long size)
    : SpectralLayer(nameof(SpectralEmbedding), [classes, size], hasBias: false, isNormal: true)
{
    /// <summary>Looks the vectors up.</summary>
    /// <param name="input">Class numbers, int64, shape (B), each in [0, classes).</param>
    /// <returns>Shape (B, size).</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (classes, size)
        return weight.index_select(0, input); // (B, size)
    }
}
