using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>Where the noise in a <see cref="ModulatedConv2d"/> comes from.</summary>
public enum NoiseSource
{
    /// <summary>Fresh numbers in training, those of the layer's buffer in evaluation.</summary>
    Auto,

    /// <summary>Fresh numbers for each sample and call, from the global random generator of the device.</summary>
    Fresh,

    /// <summary>The layer's buffer, the same for all samples.</summary>
    Constant,

    /// <summary>Nowhere: there is none.</summary>
    None,
}

/// <summary>A convolution of 3 x 3 whose input channels a style scales and whose output channels are brought back to size 1, then noise,
/// bias and leaky ReLU; it may double the resolution with <see cref="BinomialFilter"/>.</summary>
/// <remarks>Karras et al. (StyleGAN2), arXiv:1912.04958, section 2.2, eq. 1 to 3: s = affine(w), d = 1 / sqrt(sum over inputs and kernel of
/// (weight s)^2 + 1e-8), y = d conv(s x). Scaling input and output gives the numbers of a kernel for each sample, and costs less. Noise of
/// one learned strength, 0 at the start, is added; leaky ReLU of slope 0.2 has a gain of sqrt 2, which is put into d, noise and bias. It
/// doubles by a transposed convolution and then the filter. Keys, start and numbers are those of <c>SynthesisLayer</c> in StyleGAN2-ADA's
/// PyTorch code. Deviations: none.</remarks>
public sealed class ModulatedConv2d : nn.Module<Tensor, Tensor, Tensor>
{
    private static readonly long[] Two = [2, 2];
    private static readonly long[] One = [1, 1];

    private readonly EqualizedLinear affine;
    private readonly Parameter weight;
    private readonly Tensor noise_const;
    private readonly Parameter noise_strength;
    private readonly Parameter bias;
    private readonly Tensor resample_filter = BinomialFilter.Kernel();
    private readonly bool _isDoubling;
    private readonly int _resolution;
    private readonly Scalar _gain;

    /// <summary>Builds the layer; the weights come from the global random generator.</summary>
    /// <param name="inputs">Channels in, at least 1.</param>
    /// <param name="outputs">Channels out, at least 1.</param>
    /// <param name="styleSize">The length of a style, W, at least 1.</param>
    /// <param name="resolution">Height and width of the output, H, at least 1.</param>
    /// <param name="isDoubling">Whether height and width are doubled.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public ModulatedConv2d(int inputs, int outputs, int styleSize, int resolution, bool isDoubling = false)
        : base(nameof(ModulatedConv2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, 1);
        (_resolution, _isDoubling) = (resolution, isDoubling);
        _gain = ScaledLeakyReLU.Gain * (isDoubling ? 4 : 1); // zeros between the pixels leave a quarter of the brightness
        affine = new EqualizedLinear(styleSize, inputs, start: 1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        weight = EqualizedWeights.Keep(randn(outputs, inputs, 3, 3));
        noise_const = randn(resolution, resolution).DetachFromDisposeScope();
        noise_strength = EqualizedWeights.Keep(zeros([]));
        bias = EqualizedWeights.Keep(zeros(outputs));
        RegisterComponents();
    }

    /// <summary>Where its noise comes from.</summary>
    public NoiseSource Noise { get; set; }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs, H, H), or (1, inputs, H, H) for the same in all samples; half of H where it doubles.</param>
    /// <param name="style">Shape (B, W).</param>
    /// <returns>Shape (B, outputs, H, H).</returns>
    public override Tensor forward(Tensor input, Tensor style)
    {
        using var scope = NewDisposeScope();
        var styles = affine.call(style); // (B, inputs)
        var energy = styles.square().matmul(weight.square().sum([2, 3]).t()); // (B, outputs)
        var demodulation = (energy + EqualizedWeights.Epsilon).rsqrt() * _gain; // (B, outputs)
        var x = input * styles.unsqueeze(2).unsqueeze(3); // (B, inputs, H, H)
        var y = _isDoubling
            // (B, outputs, 2 H + 1, 2 H + 1), then (B, outputs, 2 H, 2 H)
            ? BinomialFilter.Blur(nn.functional.conv_transpose2d(x, weight.transpose(0, 1), null, Two), resample_filter, 1)
            : nn.functional.conv2d(x, weight, null, One, One); // (B, outputs, H, H)
        var shift = (bias * ScaledLeakyReLU.GainNumber).reshape(1, -1, 1, 1); // (1, outputs, 1, 1)
        y = shift.addcmul(y, demodulation.unsqueeze(2).unsqueeze(3), EqualizedWeights.One); // (B, outputs, H, H)
        return ScaledLeakyReLU.Apply(WithNoise(y)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gain.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor WithNoise(Tensor y)
    {
        var source = Noise != NoiseSource.Auto ? Noise : training ? NoiseSource.Fresh : NoiseSource.Constant;
        if (source == NoiseSource.None)
        {
            return y;
        }

        var noise = source == NoiseSource.Constant ? noise_const // (H, H)
            : randn([y.shape[0], 1, _resolution, _resolution], y.dtype, y.device); // (B, 1, H, H)
        return y.addcmul(noise, noise_strength, ScaledLeakyReLU.GainNumber); // (B, outputs, H, H)
    }
}
