using ResearchKit.Data;
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

/// <summary>How wide the layers of both networks are.</summary>
internal static class StyleGan2Widths
{
    private const int Smallest = 8;
    private const int Largest = 1024;

    /// <exception cref="ArgumentOutOfRangeException">There is no network of that size.</exception>
    public static void Require(int imageSize, int features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (Refusal(imageSize) is { } problem)
        {
            throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, problem);
        }
    }

    /// <summary>Why there is no network of that size; null where there is.</summary>
    public static string? Refusal(int imageSize) => int.IsPow2(imageSize) && imageSize is >= Smallest and <= Largest
        ? null
        : $"A StyleGAN2 makes images of a power of two from {Smallest} to {Largest} pixels, not {imageSize}: choose one of these with " +
            $"--size (imageSize).";

    /// <summary>Channels at 4 pixels, at 8, and so on.</summary>
    public static int[] Of(int imageSize, int features) =>
        [.. Enumerable.Range(0, int.Log2(imageSize) - 1).Select(i => (int)At(4 << i, imageSize, features))];

    /// <summary>Channels at a resolution. A long, which no value of a hostile file overflows.</summary>
    public static long At(long resolution, long imageSize, long features) =>
        Math.Max(1, Math.Min(features * (imageSize < 512 ? 32 : 64) / resolution, features));
}

/// <summary>The lines of the register.</summary>
internal static class StyleGan2Architectures
{
    private static readonly GeneratorFormat File = GeneratorFormat.Of((StyleGan2Generator g) =>
        new StyleGan2Values(g.ImageSize, g.Channels, g.Features, g.LatentSize, g.Layers, g.Mixing, g.Labels));

    public static Architecture Auto { get; } = Entry("stylegan2", "Karras et al., arXiv:1912.04958, arXiv:2006.06676",
        "images of 8 to 1024 pixels (powers of two), with or without classes: the authors' auto", 64, mixing: 0.9, shortcuts: true,
        group: 4);

    public static Architecture Cifar { get; } = Entry("stylegan2-cifar", "Karras et al., arXiv:2006.06676",
        "stylegan2 as the authors tuned it for CIFAR-10: no mixed styles, D without shortcuts", 32, mixing: 0, shortcuts: false,
        group: 32);

    private static Architecture Entry(string name, string paper, string purpose, int size, double mixing, bool shortcuts, int group) =>
        new(name, paper, purpose + "; features (512) is the most channels of a layer, layers (2) those of the mapping network, z has 512 " +
            "numbers", SampleKind.Images,
            (options, shape) => (
                new StyleGan2Generator(shape.Size, shape.Channels, options.Features ?? 512, options.Latent ?? 512, options.Layers ?? 2,
                    mixing, shape.Classes),
                new StyleGan2Discriminator(shape.Size, shape.Channels * options.Pack, options.Features ?? 512,
                    options.MinibatchDeviation ?? group, shortcuts, shape.Classes?.Count ?? 0)),
            (options, shape) => StyleGan2Widths.Refusal(shape.Size) ?? (options.Layers == 0
                ? $"The mapping network of {name} has at least 1 layer: set layers to 1 or more, or leave it at auto."
                : null))
        {
            TakesClasses = true,
            Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent), nameof(NetworkOptions.Layers),
                nameof(NetworkOptions.MinibatchDeviation)],
            Example = (new NetworkOptions(), size),
            File = File,
        };

    private sealed record StyleGan2Values(int ImageSize, int Channels, int Features, int LatentSize, int Layers, double Mixing,
        SampleClasses? Classes = null) : GeneratorValues
    {
        public override LatentGenerator Build() =>
            new StyleGan2Generator(ImageSize, Channels, Features, LatentSize, Layers, Mixing, Classes);

        public override IEnumerable<double> WeightSizes()
        {
            double w = LatentSize, labels = Classes?.Count ?? 0, inputs = 0;
            yield return ((labels > 0 ? 2 * w : w) + (Layers - 1.0) * w) * w; // the mapping network in one: nobody counts hostile layers
            yield return labels * w;
            for (var resolution = 4L; resolution <= ImageSize; resolution *= 2)
            {
                double outputs = StyleGan2Widths.At(resolution, ImageSize, Features);
                yield return (9 * outputs + w) * (inputs + outputs) + (w + Channels) * outputs;
                inputs = outputs;
            }
        }
    }
}
