using ResearchKit.Models.Layers;
using ResearchKit.Runtime;

namespace ResearchKit.Models;

/// <summary>The StyleGAN2 discriminator: residual blocks that halve the resolution down to 4 x 4, the deviation of the batch, and two
/// linear layers; gives logits.</summary>
/// <remarks>Karras et al. (StyleGAN2), arXiv:1912.04958, section 4.1, as in the ADA paper's PyTorch code (arXiv:2006.06676,
/// NVlabs/stylegan2-ada-pytorch; 23,407,361 parameters at 64 pixels in colour). Channels as in <see cref="StyleGan2Generator"/>. With
/// classes a mapping network of 8 layers turns the label into a vector, whose product with the last features, divided by the root of their
/// number, is the logit. State-dict keys, initial weights and numbers are those of that code. Deviations: no half precision and no clamping
/// of activations that goes with it; a layer never has less than 1 channel.</remarks>
public sealed class StyleGan2Discriminator : ImageDiscriminator
{
    private const int MappingLayers = 8;

    private readonly StyleMapping? mapping;
    private readonly DiscriminatorEnd b4;
    private readonly DiscriminatorBlock[] _blocks;
    private readonly Scalar _gain;

    /// <summary>Builds the network; the weights come from the global random generator, in the order of the authors' code.</summary>
    /// <param name="imageSize">Height and width of the images: a power of two from 8 to 1024.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">The most channels of a layer, at least 1.</param>
    /// <param name="minibatchStandardDeviation">Samples whose deviation is shown to the last convolution
    /// (<see cref="MinibatchStandardDeviation"/>), at least 2; null for none.</param>
    /// <param name="shortcuts">Whether the blocks are residual; false for plain ones, the authors' <c>orig</c>, which their CIFAR-10
    /// configuration has.</param>
    /// <param name="classes">How many classes it judges samples by; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public StyleGan2Discriminator(int imageSize = 64, int channels = 3, int features = 512, int? minibatchStandardDeviation = 4,
        bool shortcuts = true, int classes = 0)
        : base(nameof(StyleGan2Discriminator), classes)
    {
        StyleGan2Widths.Require(imageSize, features);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var widths = StyleGan2Widths.Of(imageSize, features);
        _blocks = [.. Enumerable.Range(1, widths.Length - 1).Reverse().Select(i =>
            new DiscriminatorBlock(i == widths.Length - 1 ? channels : 0, widths[i], widths[i - 1], shortcuts))];
        mapping = classes == 0 ? null : new StyleMapping(0, classes, widths[0], MappingLayers, hasMean: false);
        b4 = new DiscriminatorEnd(widths[0], minibatchStandardDeviation, classes == 0 ? 1 : widths[0]);
        _gain = 1 / Math.Sqrt(widths[0]);
        RegisterComponents();
        foreach (var (i, block) in _blocks.Index())
        {
            register_module($"b{imageSize >> i}", block);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Score(Tensor x, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var features = _blocks.Aggregate(MemoryLayout.ChannelsLast(x), (h, block) => block.call(h)); // (B, C', 4, 4)
        var score = b4.call(features); // (B, 1), with classes (B, C')
        var logits = mapping is null ? score.squeeze(1) : (score * mapping.call(null, y)).sum(1) * _gain; // (B)
        return logits.MoveToOuterDisposeScope();
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
}

/// <summary>Halves the resolution; the first one takes the image.</summary>
internal sealed class DiscriminatorBlock : nn.Module<Tensor, Tensor>
{
    private readonly EqualizedConv2d? fromrgb;
    private readonly EqualizedConv2d conv0;
    private readonly EqualizedConv2d conv1;
    private readonly EqualizedConv2d? skip;
    private readonly Tensor resample_filter = BinomialFilter.Kernel(); // not used: a key of the authors' files

    public DiscriminatorBlock(int imageChannels, int inputs, int outputs, bool shortcut)
        : base(nameof(DiscriminatorBlock))
    {
        var gain = shortcut ? Math.Sqrt(0.5) : 1; // the sum of both keeps the variance
        fromrgb = imageChannels == 0 ? null : new EqualizedConv2d(imageChannels, inputs, 1);
        conv0 = new EqualizedConv2d(inputs, inputs, 3);
        conv1 = new EqualizedConv2d(inputs, outputs, 3, isHalving: true, gain: gain);
        skip = shortcut ? new EqualizedConv2d(inputs, outputs, 1, isHalving: true, isActivated: false, gain) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = fromrgb is null ? input : fromrgb.call(input); // (B, inputs, H, H)
        var y = conv1.call(conv0.call(x)); // (B, outputs, H/2, H/2)
        return (skip is null ? y : y + skip.call(x)).MoveToOuterDisposeScope(); // (B, outputs, H/2, H/2)
    }
}

/// <summary>From 4 x 4 to the last features.</summary>
internal sealed class DiscriminatorEnd : nn.Module<Tensor, Tensor>
{
    private readonly MinibatchStandardDeviation? mbstd;
    private readonly EqualizedConv2d conv;
    private readonly EqualizedLinear fc;
    private readonly EqualizedLinear @out;

    public DiscriminatorEnd(int inputs, int? group, int outputs)
        : base(nameof(DiscriminatorEnd))
    {
        mbstd = group is { } samples ? new MinibatchStandardDeviation(samples) : null;
        conv = new EqualizedConv2d(mbstd is null ? inputs : inputs + 1, inputs, 3);
        fc = new EqualizedLinear(inputs * 4 * 4, inputs, isActivated: true);
        @out = new EqualizedLinear(inputs, outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = mbstd is null ? input : mbstd.call(input); // (B, C + 1, 4, 4)
        x = fc.call(conv.call(x).flatten(1)); // (B, C)
        return @out.call(x).MoveToOuterDisposeScope(); // (B, outputs)
    }
}
