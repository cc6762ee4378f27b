using ResearchKit.Data;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>The StyleGAN2 generator: a mapping network turns z into styles w, and a synthesis network turns a learned constant into an
/// image, each of its convolutions modulated by a style.</summary>
/// <remarks>Karras et al. (StyleGAN2), arXiv:1912.04958, with the skip connections of its section 4.1, in the configurations of the ADA
/// paper's PyTorch code (arXiv:2006.06676, NVlabs/stylegan2-ada-pytorch): by itself <c>auto</c> (two mapping layers, 22,243,608 parameters
/// at 64 pixels in colour); 8 mapping layers for the papers' own. A layer of resolution r has min(base / r, features) channels, with base
/// 32 features below 512 pixels and 64 features from there, and w is as long as z. State-dict keys, initial weights and numbers are those
/// of that code. Training draws from the global random generator: on the networks' device the noise (so a run on a GPU does not go on with
/// the same), on the CPU what mixes styles. Deviations: in evaluation the noise is that of the layers' buffers, where the authors' metrics
/// draw it afresh (<see cref="Noise"/>); no half precision and no clamping of activations that goes with it; a layer never has less than 1
/// channel.</remarks>
/// <example><code>using var styles = generator.Map(z, labels: null, truncation: 0.7);
/// using var images = generator.Synthesize(styles);</code></example>
public sealed class StyleGan2Generator : ImageGenerator, IStyleGenerator
{
    private readonly StyleSynthesis synthesis;
    private readonly StyleMapping mapping;

    /// <summary>Builds the network; the weights come from the global random generator, in the order of the authors' code.</summary>
    /// <param name="imageSize">Height and width of the images: a power of two from 8 to 1024.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">The most channels of a layer, at least 1.</param>
    /// <param name="latentSize">The length of z and of w, at least 1.</param>
    /// <param name="layers">Layers of the mapping network, at least 1.</param>
    /// <param name="mixing">How probable it is, in [0, 1], that a training batch takes the styles of its later layers from a second z
    /// (Karras et al., arXiv:1812.04948, section 3.1).</param>
    /// <param name="classes">The classes of which it makes samples; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public StyleGan2Generator(int imageSize = 64, int channels = 3, int features = 512, int latentSize = 512, int layers = 2,
        double mixing = 0.9, SampleClasses? classes = null)
        : base(nameof(StyleGan2Generator), latentSize, imageSize, channels, classes)
    {
        StyleGan2Widths.Require(imageSize, features);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        Mixing = mixing is >= 0 and <= 1 ? mixing
            : throw new ArgumentOutOfRangeException(nameof(mixing), mixing, "The probability must be in [0, 1].");
        (Features, Layers) = (features, layers);
        synthesis = new StyleSynthesis(imageSize, channels, features, latentSize);
        mapping = new StyleMapping(latentSize, Classes, latentSize, layers, hasMean: true);
        RegisterComponents();
    }

    /// <summary>The most channels of a layer.</summary>
    public int Features { get; }

    /// <summary>Layers of the mapping network.</summary>
    public int Layers { get; }

    /// <summary>How probable it is that a training batch is of mixed styles.</summary>
    public double Mixing { get; }

    /// <summary>L, how many styles an image has: one for each convolution, and one for the last step to the image.</summary>
    public int Styles => synthesis.Styles;

    /// <summary>The moving mean of w over the training, shape (W); what truncation draws styles to. It stays the network's.</summary>
    public Tensor MeanStyle => mapping.Mean;

    /// <summary>Where the layers' noise comes from.</summary>
    public NoiseSource Noise
    {
        get => synthesis.Noise;
        set => synthesis.Noise = value;
    }

    /// <inheritdoc/>
    public Tensor Map(Tensor z, Tensor? labels = null) => Map(z, labels, 1);

    /// <summary>Turns latent vectors into styles. In training the mean style follows, and the batch may be mixed with a second
    /// z.</summary>
    /// <param name="z">Shape (B, LatentSize).</param>
    /// <param name="labels">y, int64, shape (B); null for classes as often as the data have them (seed 0), or none.</param>
    /// <param name="truncation">psi: w becomes mean + psi (w - mean). 1 leaves it, 0 makes all samples alike.</param>
    /// <param name="cutoff">How many styles are truncated, from the first on, at least 0; null for all.</param>
    /// <returns>w, shape (B, L, W). The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cutoff is below 0.</exception>
    public Tensor Map(Tensor z, Tensor? labels, double truncation, int? cutoff = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cutoff ?? 0, nameof(cutoff));
        using var scope = NewDisposeScope();
        var y = Classes == 0 ? null : labels ?? Labels!.Draw(z.shape[0], seed: 0).to(z.device); // (B)
        var w = mapping.call(z, y); // (B, W)
        if (training)
        {
            mapping.Observe(w);
        }

        var styles = training && Mixing > 0 ? Mixed(w, z, y) : Repeated(w, Styles); // (B, L, W)
        if (truncation != 1)
        {
            var truncated = Math.Min(cutoff ?? Styles, Styles);
            var (first, rest) = (styles.narrow(1, 0, truncated), styles.narrow(1, truncated, Styles - truncated));
            styles = cat([MeanStyle.lerp(first, truncation), rest], 1); // (B, L, W)
        }

        return styles.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Synthesize(Tensor styles) => synthesis.call(styles); // (B, C, H, W)

    /// <inheritdoc/>
    protected override Tensor Generate(Tensor z, Tensor? y)
    {
        using var styles = Map(z, y); // (B, L, W)
        return Synthesize(styles); // (B, C, H, W)
    }

    /// <inheritdoc/>
    public override Tensor Truncated(Tensor z, Tensor? labels, double truncation)
    {
        using var styles = Map(z, labels, truncation); // (B, L, W)
        return Synthesize(styles); // (B, C, H, W)
    }

    // One cutoff for the whole batch, as in the authors' code.
    private Tensor Mixed(Tensor w, Tensor z, Tensor? y)
    {
        if (rand(1).item<float>() >= Mixing)
        {
            return Repeated(w, Styles); // (B, L, W)
        }

        var cutoff = (int)randint(1, Styles, [1]).item<long>();
        var other = mapping.call(randn(z.shape).to(z.dtype, z.device), y); // (B, W)
        return cat([Repeated(w, cutoff), Repeated(other, Styles - cutoff)], 1); // (B, L, W)
    }

    private static Tensor Repeated(Tensor w, int times) => w.unsqueeze(1).expand(-1, times, -1); // (B, times, W)
}

/// <summary>Turns styles into images, from a constant of 4 x 4 on, one block for every doubling.</summary>
internal sealed class StyleSynthesis : nn.Module<Tensor, Tensor>
{
    private readonly SynthesisBlock[] _blocks;

    public StyleSynthesis(int imageSize, int channels, int features, int styleSize)
        : base(nameof(StyleSynthesis))
    {
        var widths = StyleGan2Widths.Of(imageSize, features);
        _blocks = [.. widths.Select((width, i) => new SynthesisBlock(i == 0 ? 0 : widths[i - 1], width, channels, styleSize, 4 << i))];
        RegisterComponents();
        foreach (var (i, block) in _blocks.Index())
        {
            register_module($"b{4 << i}", block);
        }
    }

    /// <summary>One for each convolution, and one for the last output.</summary>
    public int Styles => 2 * _blocks.Length;

    public NoiseSource Noise
    {
        get;
        set
        {
            field = value;
            foreach (var layer in modules().OfType<ModulatedConv2d>())
            {
                layer.Noise = value;
            }
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var styles = input.unbind(1); // L of (B, W)
        Tensor? x = null, image = null;
        foreach (var (i, block) in _blocks.Index())
        {
            // a block's output to the image has the style of the next block's first convolution
            (x, image) = block.call(x, image, i == 0 ? styles[..2] : styles[(2 * i - 1)..(2 * i + 2)]); // (B, C', H', H'), (B, C, H', H')
        }

        return image!.MoveToOuterDisposeScope(); // (B, C, H, H)
    }
}

/// <summary>What one resolution adds: convolutions, and their part of the image.</summary>
internal sealed class SynthesisBlock : nn.Module<Tensor?, Tensor?, Tensor[], (Tensor X, Tensor Image)>
{
    private readonly Parameter? @const;
    private readonly ModulatedConv2d? conv0;
    private readonly ModulatedConv2d conv1;
    private readonly ImageOutput torgb;
    private readonly Tensor resample_filter = BinomialFilter.Kernel();

    /// <summary>The first one where it has no inputs.</summary>
    public SynthesisBlock(int inputs, int outputs, int channels, int styleSize, int resolution)
        : base(nameof(SynthesisBlock))
    {
        if (inputs == 0)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            @const = EqualizedWeights.Keep(randn(outputs, resolution, resolution));
        }

        conv0 = inputs == 0 ? null : new ModulatedConv2d(inputs, outputs, styleSize, resolution, isDoubling: true);
        conv1 = new ModulatedConv2d(outputs, outputs, styleSize, resolution);
        torgb = new ImageOutput(outputs, channels, styleSize);
        RegisterComponents();
    }

    public override (Tensor X, Tensor Image) forward(Tensor? x, Tensor? image, Tensor[] styles)
    {
        using var scope = NewDisposeScope();
        var h = conv0 is null ? MemoryLayout.ChannelsLast(@const!.unsqueeze(0))
            : conv0.call(x!, styles[0]); // (B, C', H, H), the constant (1, C', 4, 4)
        h = conv1.call(h, styles[^2]); // (B, C', H, H)
        var part = torgb.call(h, styles[^1]); // (B, C, H, H)
        var sum = image is null ? part : part + BinomialFilter.Upsample(image, resample_filter * Four); // (B, C, H, H)
        return (h.MoveToOuterDisposeScope(), sum.MoveToOuterDisposeScope());
    }

    private static readonly Scalar Four = 4.0; // zeros between the pixels leave a quarter of the brightness
}
