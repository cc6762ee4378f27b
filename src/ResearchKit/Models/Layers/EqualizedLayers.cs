using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A layer whose weights start at N(0, 1) and are scaled when they are used, so that Adam moves all layers alike.</summary>
/// <remarks>Karras et al., arXiv:1710.10196, section 4.1. Where leaky ReLU of slope 0.2 with a gain of sqrt 2 follows, that gain is put
/// into weight and bias.</remarks>
public abstract class EqualizedLayer : nn.Module<Tensor, Tensor>
{
    private readonly bool _isActivated;

    private protected EqualizedLayer(string name, bool isActivated, double weightGain, double biasGain)
        : base(name)
    {
        var gain = isActivated ? ScaledLeakyReLU.Gain : 1;
        (_isActivated, WeightGain, BiasGain) = (isActivated, weightGain * gain, biasGain * gain);
    }

    private protected Scalar WeightGain { get; }

    private protected Scalar BiasGain { get; }

    private protected Tensor Activated(Tensor y) => _isActivated ? ScaledLeakyReLU.Apply(y) : y;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            WeightGain.Dispose();
            BiasGain.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>A linear layer of equalised learning rate: y = (w rate / sqrt(inputs)) x + rate b.</summary>
/// <remarks>Karras et al., arXiv:1710.10196, section 4.1. Keys, start and numbers are those of <c>FullyConnectedLayer</c> in
/// StyleGAN2-ADA's PyTorch code. Deviations: none.</remarks>
public sealed class EqualizedLinear : EqualizedLayer
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <summary>Builds the layer; the weights come from the global random generator.</summary>
    /// <param name="inputs">Numbers in, at least 1.</param>
    /// <param name="outputs">Numbers out, at least 1.</param>
    /// <param name="isActivated">Whether leaky ReLU follows.</param>
    /// <param name="rate">How fast it learns beside the other layers, above 0; 0.01 in StyleGAN2's mapping network.</param>
    /// <param name="start">What every bias starts at.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public EqualizedLinear(int inputs, int outputs, bool isActivated = false, double rate = 1, double start = 0)
        : base(nameof(EqualizedLinear), isActivated, rate / Math.Sqrt(inputs), rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        weight = EqualizedWeights.Keep(randn(outputs, inputs) / rate);
        bias = EqualizedWeights.Keep(full(outputs, start, ScalarType.Float32));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs).</param>
    /// <returns>Shape (B, outputs).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Activated(nn.functional.linear(input, weight * WeightGain, bias * BiasGain)).MoveToOuterDisposeScope(); // (B, outputs)
    }
}

/// <summary>A convolution of equalised learning rate, its weights divided by sqrt(inputs K K), which may halve the resolution with
/// <see cref="BinomialFilter"/>.</summary>
/// <remarks>Karras et al., arXiv:1710.10196, section 4.1. It halves by the filter and then a convolution of stride 2
/// (arXiv:1912.04958, appendix B). Keys, start and numbers are those of <c>Conv2dLayer</c> in StyleGAN2-ADA's PyTorch code. Deviations:
/// none.</remarks>
public sealed class EqualizedConv2d : EqualizedLayer
{
    private static readonly long[] Two = [2, 2];

    private readonly Tensor resample_filter = BinomialFilter.Kernel();
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly bool _isHalving;
    private readonly int _kernelSize;

    /// <summary>Builds the layer; the weights come from the global random generator.</summary>
    /// <param name="inputs">Channels in, at least 1.</param>
    /// <param name="outputs">Channels out, at least 1.</param>
    /// <param name="kernelSize">Height and width of the kernel, K: 1 or 3.</param>
    /// <param name="isHalving">Whether height and width are halved.</param>
    /// <param name="isActivated">Whether it has a bias and leaky ReLU of slope 0.2, with a gain of sqrt 2, follows.</param>
    /// <param name="gain">What the result is multiplied by, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public EqualizedConv2d(int inputs, int outputs, int kernelSize, bool isHalving = false, bool isActivated = true, double gain = 1)
        : base(nameof(EqualizedConv2d), isActivated, gain / Math.Sqrt((double)inputs * kernelSize * kernelSize), gain)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gain);
        _isHalving = isHalving;
        _kernelSize = kernelSize is 1 or 3 ? kernelSize
            : throw new ArgumentOutOfRangeException(nameof(kernelSize), kernelSize, "It must be 1 or 3.");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        weight = EqualizedWeights.Keep(randn(outputs, inputs, kernelSize, kernelSize));
        bias = isActivated ? EqualizedWeights.Keep(zeros(outputs)) : null;
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, H, W), H and W even where it halves.</param>
    /// <returns>Shape (B, outputs, H, W), or half of both.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (w, b) = (weight * WeightGain, bias is null ? null : bias * BiasGain); // (outputs, inputs, K, K), (outputs)
        var y = (_isHalving, _kernelSize) switch
        {
            (true, 1) => nn.functional.conv2d(BinomialFilter.Downsample(input, resample_filter), w, b), // (B, outputs, H/2, W/2)
            (true, _) => nn.functional.conv2d(BinomialFilter.Blur(input, resample_filter, 2), w, b, Two), // (B, outputs, H/2, W/2)
            (false, var k) => nn.functional.conv2d(input, w, b, padding: [k / 2, k / 2]), // (B, outputs, H, W)
        };
        return Activated(y).MoveToOuterDisposeScope();
    }
}

/// <summary>Leaky ReLU of slope 0.2 with a gain of sqrt 2, which keeps the variance. As leaky ReLU of g x is g times that of x, the gain is
/// put into the weights before it.</summary>
internal static class ScaledLeakyReLU
{
    public static readonly double Gain = Math.Sqrt(2);

    // native numbers that live as long as the process
    public static readonly Scalar GainNumber = Gain;
    private static readonly Scalar Slope = 0.2;

    /// <summary>Without the gain, and in the place of its input.</summary>
    public static Tensor Apply(Tensor x) => x.leaky_relu_(Slope);
}

/// <summary>What the layers share about their weights.</summary>
internal static class EqualizedWeights
{
    public static readonly Scalar Epsilon = 1e-8;
    public static readonly Scalar One = 1.0;

    /// <summary>A parameter that outlives the dispose scope in which its layer is built.</summary>
    public static Parameter Keep(Tensor numbers)
    {
        var parameter = new Parameter(numbers);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
