using ResearchKit.Data;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>R3GAN's generator: a learned basis of 4 x 4, then stages of residual blocks without normalisation, each at twice the
/// side.</summary>
/// <remarks>Huang et al., arXiv:2501.05441, section 4, as in the authors' code: 20,781,952 parameters at 32 pixels with 10 classes,
/// 22,429,824 at 64 pixels without. The images are not squashed: values may leave [-1, 1]. Deviations: none.</remarks>
public sealed class R3GanGenerator : ImageGenerator
{
    private readonly Parameter basis;
    private readonly Linear linear;
    private readonly Embedding? embed;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> stages;
    private readonly Conv2d to_image;

    /// <summary>Builds the network with the paper's first weights.</summary>
    /// <param name="imageSize">Height and width of the images: a power of 2 from 8 to 512.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels up to 32 x 32, a multiple of 8; halved with every doubling above, where 8 must divide them
    /// too.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <param name="blocks">Residual blocks at each side, at least 1.</param>
    /// <param name="classes">The classes of which it makes samples; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public R3GanGenerator(int imageSize, int channels = 3, int features = 768, int latentSize = 64, int blocks = 2,
        SampleClasses? classes = null)
        : base(nameof(R3GanGenerator), latentSize, imageSize, channels, classes)
    {
        var widths = R3Gan.Widths(imageSize, features, blocks);
        (Features, Blocks) = (features, blocks);
        basis = new Parameter(randn(widths[0], R3Gan.Smallest, R3Gan.Smallest));
        basis.DetachFromDisposeScope();
        linear = R3Gan.Started(nn.Linear(classes is null ? latentSize : 2 * latentSize, widths[0], hasBias: false));
        embed = classes is null ? null : R3Gan.Classes(classes.Count, latentSize);
        stages = nn.ModuleList(widths.Select((width, i) => (nn.Module<Tensor, Tensor>)nn.Sequential(
            [.. i == 0 ? [] : R3Gan.Transition(widths[i - 1], width, up: true), .. R3Gan.Stage(width, blocks, widths.Length)])).ToArray());
        to_image = R3Gan.Convolution(widths[^1], channels, 1, gain: 1);
        RegisterComponents();
    }

    /// <summary>Channels up to 32 x 32.</summary>
    public int Features { get; }

    /// <summary>Residual blocks at each side.</summary>
    public int Blocks { get; }

    /// <inheritdoc/>
    protected override Tensor Generate(Tensor z, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var inputs = y is null ? z : cat([z, embed!.call(y).to(z.dtype)], 1); // (B, Z), with classes (B, 2 Z)
        var h = MemoryLayout.ChannelsLast(basis * linear.call(inputs).unsqueeze(2).unsqueeze(3)); // (B, width, 4, 4)
        foreach (var stage in stages)
        {
            h = stage.call(h); // (B, width, 2 H, 2 W)
        }

        return to_image.call(h).MoveToOuterDisposeScope(); // (B, C, H, W)
    }
}

/// <summary>R3GAN's discriminator: the generator's stages in reverse.</summary>
/// <remarks>Huang et al., arXiv:2501.05441, section 4, as in the authors' code: 21,280,512 parameters at 32 pixels with 10 classes,
/// 22,381,440 at 64 pixels without. With classes the last features are multiplied by a learned vector of the class and summed. Deviations:
/// none.</remarks>
public sealed class R3GanDiscriminator : ImageDiscriminator
{
    private readonly Conv2d from_image;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> stages;
    private readonly Conv2d basis;
    private readonly Linear linear;
    private readonly Embedding? embed;

    /// <summary>Builds the network with the paper's first weights.</summary>
    /// <param name="imageSize">Height and width of the images: a power of 2 from 8 to 512.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels up to 32 x 32, a multiple of 8; halved with every doubling above, where 8 must divide them
    /// too.</param>
    /// <param name="blocks">Residual blocks at each side, at least 1.</param>
    /// <param name="classes">How many classes it judges samples by; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public R3GanDiscriminator(int imageSize, int channels = 3, int features = 768, int blocks = 2, int classes = 0)
        : base(nameof(R3GanDiscriminator), classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        int[] widths = [.. R3Gan.Widths(imageSize, features, blocks).Reverse()];
        var outputs = classes == 0 ? 1 : features;
        from_image = R3Gan.Convolution(channels, widths[0], 1, gain: 1);
        stages = nn.ModuleList(widths.Select((width, i) => (nn.Module<Tensor, Tensor>)nn.Sequential(
            [.. i == 0 ? [] : R3Gan.Transition(widths[i - 1], width, up: false), .. R3Gan.Stage(width, blocks, widths.Length)])).ToArray());
        basis = R3Gan.Started(nn.Conv2d(widths[^1], widths[^1], R3Gan.Smallest, groups: widths[^1], bias: false));
        linear = R3Gan.Started(nn.Linear(widths[^1], outputs, hasBias: false));
        embed = classes == 0 ? null : R3Gan.Classes(classes, outputs, gain: 1 / Math.Sqrt(outputs));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Score(Tensor x, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var h = from_image.call(x.contiguous()); // (B, width, H, W); the second derivatives are slower with channels last
        foreach (var stage in stages)
        {
            h = stage.call(h); // (B, width, H/2, W/2)
        }

        h = linear.call(basis.call(h).flatten(1)); // (B, 1), with classes (B, width)
        return (y is null ? h.squeeze(1) : (h * embed!.call(y).to(h.dtype)).sum(1)).MoveToOuterDisposeScope(); // (B)
    }
}

/// <summary>What both networks share.</summary>
internal static class R3Gan
{
    public const int Smallest = 4;
    private const int Group = 8; // channels of a block's input for each group of its 3 x 3 convolution, which are twice as many
    private const int WidestUpTo = 32;
    private const double Slope = 0.2;

    public static Architecture Architecture { get; } = new("r3gan", "Huang et al., arXiv:2501.05441, as in the authors' code",
        "images of 8, 16, ... or 512 pixels, with or without classes; features is the width up to 32 x 32 (768 by itself), layers the " +
            "residual blocks at each side (2), z has 64 numbers", SampleKind.Images,
        (options, shape) => (
            new R3GanGenerator(shape.Size, shape.Channels, options.Features ?? 768, options.Latent ?? 64, options.Layers ?? 2,
                shape.Classes),
            new R3GanDiscriminator(shape.Size, shape.Channels * options.Pack, options.Features ?? 768, options.Layers ?? 2,
                shape.Classes?.Count ?? 0)),
        (options, shape) => Problem(shape.Size, options.Features ?? 768, options.Layers ?? 2))
    {
        TakesClasses = true, Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent), nameof(NetworkOptions.Layers)],
        Example = (new NetworkOptions(), 64),
        File = GeneratorFormat.Of((R3GanGenerator g) =>
            new R3GanValues(g.ImageSize, g.Channels, g.Features, g.LatentSize, g.Blocks, g.Labels)),
    };

    /// <summary>Channels at 4 x 4, 8 x 8, ... up to the image's side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such network.</exception>
    public static int[] Widths(int imageSize, int features, int blocks) => Problem(imageSize, features, blocks) is { } problem
        ? throw new ArgumentOutOfRangeException(nameof(imageSize), problem)
        : [.. Sides(imageSize).Select(side => features / Math.Max(1, side / WidestUpTo))];

    /// <summary>From one side to the next: a 1 x 1 convolution where the width changes, and the filter; the filter goes last where it
    /// enlarges.</summary>
    public static nn.Module<Tensor, Tensor>[] Transition(int from, int to, bool up)
    {
        nn.Module<Tensor, Tensor> filter = up ? new BinomialUpsample() : new BinomialDownsample();
        return from == to ? [filter] : up ? [Convolution(from, to, 1, gain: 1), filter] : [filter, Convolution(from, to, 1, gain: 1)];
    }

    /// <summary>The residual blocks of one side.</summary>
    public static IEnumerable<nn.Module<Tensor, Tensor>> Stage(int width, int blocks, int sides) =>
        Enumerable.Range(0, blocks).Select(_ => new Block(width, blocks * sides));

    /// <summary>A convolution that keeps the side.</summary>
    public static Conv2d Convolution(int inputs, int outputs, int kernel, double gain, int groups = 1, bool bias = false) =>
        Started(nn.Conv2d(inputs, outputs, kernel, padding: kernel / 2, groups: groups, bias: bias), gain);

    /// <summary>A table with a vector for each class.</summary>
    public static Embedding Classes(int classes, int size, double gain = 1)
    {
        var table = nn.Embedding(classes, size);
        using var noGrad = no_grad();
        nn.init.normal_(table.weight!, 0, gain / Math.Sqrt(classes));
        return table;
    }

    /// <summary>Gives a layer weights of N(0, gain^2 / inputs) and biases of 0.</summary>
    public static T Started<T>(T layer, double gain = 1)
        where T : nn.Module
    {
        using var noGrad = no_grad();
        var (weight, bias) = layer switch
        {
            Conv2d c => (c.weight, c.bias),
            Linear l => (l.weight, l.bias),
            _ => throw new ArgumentException($"A {layer.GetName()} has no weights to start here.", nameof(layer)),
        };
        nn.init.normal_(weight, 0, gain / Math.Sqrt((double)weight.numel() / weight.shape[0]));
        if (bias is not null)
        {
            nn.init.zeros_(bias);
        }

        return layer;
    }

    private static IEnumerable<int> Sides(int imageSize) =>
        Enumerable.Range(2, int.Log2(imageSize) - 1).Select(power => 1 << power);

    private static string? Problem(int imageSize, int features, int blocks) =>
        imageSize is < 8 or > 512 || !int.IsPow2(imageSize)
            ? $"R3GAN makes images of 8, 16, 32, 64, 128, 256 or 512 pixels, not {imageSize}: choose one of these with --size (imageSize)."
        : Math.Max(1, imageSize / WidestUpTo) * Group is var divisor && (features < divisor || features % divisor != 0)
            ? $"R3GAN for images of {imageSize} pixels needs features that {divisor} divides, not {features}."
        : blocks < 1 ? $"R3GAN needs layers of at least 1, not {blocks}."
        : null;

    // 1 x 1 to twice the width, 3 x 3 in groups, 1 x 1 back, which starts at 0: each block begins as nothing.
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly Conv2d conv2;
        private readonly Conv2d conv3;
        private readonly Layers.LeakyReLU activation = new(Slope, inPlace: true);

        public Block(int width, int blocks)
            : base(nameof(Block))
        {
            var gain = Math.Sqrt(2 / (1 + (Slope * Slope))) * Math.Pow(blocks, -0.25); // as in Fixup, for three layers in a block
            conv1 = Convolution(width, 2 * width, 1, gain, bias: true);
            conv2 = Convolution(2 * width, 2 * width, 3, gain, width / Group, bias: true);
            conv3 = Convolution(2 * width, width, 1, gain: 0);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var h = activation.call(conv1.call(input)); // (B, 2 width, H, W)
            h = activation.call(conv2.call(h)); // (B, 2 width, H, W)
            return conv3.call(h).add_(input).MoveToOuterDisposeScope(); // (B, width, H, W)
        }
    }

    private sealed record R3GanValues(int ImageSize, int Channels, int Features, int LatentSize, int Blocks, SampleClasses? Classes = null)
        : GeneratorValues
    {
        public override LatentGenerator Build() => new R3GanGenerator(ImageSize, Channels, Features, LatentSize, Blocks, Classes);

        public override IEnumerable<double> WeightSizes()
        {
            yield return (double)LatentSize * Features;
            yield return (double)LatentSize * (Classes?.Count ?? 0);
            yield return (double)Channels * Features / Math.Max(1, ImageSize / WidestUpTo);
            for (var side = Smallest; side <= Math.Min(ImageSize, 512) && side > 0; side *= 2)
            {
                var width = (double)Features / Math.Max(1, side / WidestUpTo);
                yield return 4.0 * Blocks * width * width; // its two 1 x 1 convolutions
            }
        }
    }
}
