using ResearchKit.Data;
using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>The DCGAN generator: transposed convolutions, batch normalisation, ReLU, tanh.</summary>
/// <remarks>Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 3,576,704
/// parameters with its defaults; the paper's own are twice as wide). State-dict keys are the tutorial's (<c>main.0.weight</c>, ...), so are
/// the weights' shapes. Deviations: 32 pixels leave out one doubling, 128 and 256 have one and two more, and no layer is wider than 8 times
/// the last; 28 pixels go 4 -> 7 -> 14 -> 28. With classes a learned vector of each, as long as z, goes in beside z (Mirza and Osindero,
/// arXiv:1411.1784, section 3.2).</remarks>
public sealed class DcganGenerator : ImageGenerator
{
    private readonly nn.Module<Tensor, Tensor> main;
    private readonly Embedding? embedding;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32, 64, 128 or 256.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the last hidden layer (ngf), at least 1; earlier layers have 2, 4, 8 times as many.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <param name="classes">The classes of which it makes samples; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is another, or a count is below 1.</exception>
    public DcganGenerator(int imageSize = 64, int channels = 3, int features = 64, int latentSize = 100, SampleClasses? classes = null)
        : base(nameof(DcganGenerator), latentSize, imageSize, channels, classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        Features = features;
        var widths = Dcgan.Widths(imageSize, features).Reverse().ToArray();
        var width = widths[0];
        var inputs = classes is null ? latentSize : 2 * latentSize;
        List<nn.Module<Tensor, Tensor>> layers = [nn.ConvTranspose2d(inputs, width, Dcgan.Smallest, bias: false)]; // (B, width, 4, 4)
        foreach (var (i, kernel) in Dcgan.Doublings(imageSize).Index())
        {
            var next = i + 1 < widths.Length ? widths[i + 1] : channels;
            layers.AddRange([nn.BatchNorm2d(width), nn.ReLU(inplace: true),
                // (B, next, 2 H, 2 W), or 2 H - 1 for kernel 3
                nn.ConvTranspose2d(width, next, kernel, stride: 2, padding: 1, bias: false)]);
            width = next;
        }

        main = new LayerChain([.. layers, nn.Tanh()]);
        embedding = classes is null ? null : nn.Embedding(classes.Count, latentSize);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Channels of the last hidden layer (ngf).</summary>
    public int Features { get; }

    /// <inheritdoc/>
    protected override Tensor Generate(Tensor z, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var inputs = y is null ? z : cat([z, embedding!.call(y).to(z.dtype)], 1); // (B, Z), with classes (B, 2 Z)
        return main.call(inputs.unsqueeze(2).unsqueeze(3)).MoveToOuterDisposeScope(); // (B, C, H, W)
    }
}

/// <summary>The DCGAN discriminator: strided convolutions, batch normalisation (or another, or none), leaky ReLU; gives logits.</summary>
/// <remarks>Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 2,765,568
/// parameters with its defaults). Deviations: gives logits, no final sigmoid (the losses work on logits); other sizes than 64 pixels mirror
/// the generator. With another normalisation than the paper's, convolutions have a bias where no normalisation takes it away. With classes
/// it is a projection discriminator (Miyato and Koyama, arXiv:1802.05637, eq. 3): the inner product of a learned vector of the class and
/// the last features, summed over their places, is added to the logit.</remarks>
public sealed class DcganDiscriminator : ImageDiscriminator
{
    private readonly Sequential main;
    private readonly nn.Module<Tensor, Tensor>? embedding;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32, 64, 128 or 256.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the first hidden layer (ndf), at least 1; later layers have 2, 4, 8 times as many.</param>
    /// <param name="normalization">What is normalised; batch normalisation in the paper.</param>
    /// <param name="minibatchStandardDeviation">Samples whose deviation is shown to the last convolution
    /// (<see cref="MinibatchStandardDeviation"/>), at least 2; null for none, as in the paper.</param>
    /// <param name="classes">How many classes it judges samples by; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size or the normalisation is another, or a count is too small.</exception>
    public DcganDiscriminator(int imageSize = 64, int channels = 3, int features = 64,
        DiscriminatorNormalization normalization = DiscriminatorNormalization.Batch, int? minibatchStandardDeviation = null,
        int classes = 0)
        : base(nameof(DcganDiscriminator), classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var layers = new List<nn.Module<Tensor, Tensor>>();
        var (width, widths) = (channels, Dcgan.Widths(imageSize, features));
        foreach (var (i, kernel) in Dcgan.Doublings(imageSize).Reverse().Index())
        {
            var next = widths[i];
            // (B, next, H/2, W/2); no normalisation on the first layer (section 3)
            layers.AddRange(normalization.Convolution(width, next, kernel, stride: 2, padding: 1, isFollowed: i > 0));
            layers.Add(new Layers.LeakyReLU(0.2, inPlace: true));
            width = next;
        }

        if (minibatchStandardDeviation is { } group)
        {
            layers.Add(new MinibatchStandardDeviation(group)); // (B, width + 1, 4, 4)
            width++;
        }

        layers.AddRange(normalization.Convolution(width, 1, Dcgan.Smallest, stride: 1, padding: 0, isFollowed: false)); // (B, 1, 1, 1)
        main = nn.Sequential([.. layers]);
        embedding = classes == 0 ? null
            : normalization == DiscriminatorNormalization.Spectral ? new SpectralEmbedding(classes, width)
            : nn.Embedding(classes, width);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <inheritdoc/>
    protected override Tensor Score(Tensor x, Tensor? y)
    {
        using var scope = NewDisposeScope();
        if (y is null)
        {
            return main.call(x).reshape(x.shape[0]).MoveToOuterDisposeScope(); // (B)
        }

        var layers = main.children().Cast<nn.Module<Tensor, Tensor>>().ToList();
        var features = layers.SkipLast(1).Aggregate(x, (h, layer) => layer.call(h)); // (B, width, 4, 4)
        var logits = layers[^1].call(features).reshape(x.shape[0]); // (B)
        var classes = embedding!.call(y).to(features.dtype); // (B, width)
        return (logits + (classes * features.sum([2, 3])).sum(1)).MoveToOuterDisposeScope(); // (B)
    }
}

/// <summary>The initial weights of a DCGAN.</summary>
/// <remarks>arXiv:1511.06434, section 4: N(0, 0.02). Batch-normalisation scales start at N(1, 0.02), shifts and biases at 0. Vectors of
/// classes start at N(0, 0.02) too: as large as z they drown it, and G makes one image a class.</remarks>
public static class DcganWeights
{
    /// <summary>Draws new weights for every convolution, batch normalisation and table of classes in a network from the global
    /// generator.</summary>
    /// <param name="network">Any network; layers of other kinds keep their weights.</param>
    public static void Initialize(nn.Module network)
    {
        using var noGrad = no_grad();
        foreach (var module in network.modules())
        {
            var (weight, bias, mean) = module switch
            {
                Conv2d c => (c.weight, c.bias, 0),
                ConvTranspose2d c => (c.weight, c.bias, 0),
                SpectralLayer s and (SpectralConv2d or SpectralConvTranspose2d) => (s.TrainedWeight, s.TrainedBias, 0),
                BatchNorm2d b => (b.weight, b.bias, 1),
                Embedding e => (e.weight, null, 0),
                _ => ((Parameter?)null, (Parameter?)null, 0),
            };
            if (weight is not null)
            {
                nn.init.normal_(weight, mean, 0.02);
            }

            if (bias is not null)
            {
                nn.init.zeros_(bias);
            }
        }
    }
}

/// <summary>What both networks share.</summary>
internal static class Dcgan
{
    /// <summary>Height and width of the first feature map.</summary>
    public const int Smallest = 4;

    public static Architecture Architecture { get; } = new("dcgan", "Radford et al., arXiv:1511.06434, section 3",
        $"images of {Words} pixels, with or without classes; features is the width of the outer hidden layers (32 by itself), z has 100 " +
            "numbers", SampleKind.Images,
        (options, shape) => (
            new DcganGenerator(shape.Size, shape.Channels, options.Features ?? 32, options.Latent ?? 100, shape.Classes),
            new DcganDiscriminator(shape.Size, shape.Channels * options.Pack, options.Features ?? 32,
                options.Normalization ?? DiscriminatorNormalization.Batch, options.MinibatchDeviation, shape.Classes?.Count ?? 0)),
        (_, shape) => Sizes.Contains(shape.Size) ? null
            : $"A DCGAN makes images of {Words} pixels, not {shape.Size}: choose one of these with --size (imageSize).")
    {
        TakesClasses = true,
        Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent), nameof(NetworkOptions.Normalization),
            nameof(NetworkOptions.MinibatchDeviation)],
        Example = (new NetworkOptions { Features = 64 }, 64), // PyTorch's tutorial
        File = GeneratorFormat.Of((DcganGenerator g) => new DcganValues(g.ImageSize, g.Channels, g.Features, g.LatentSize, g.Labels)),
    };

    private static int[] Sizes => [28, 32, 64, 128, 256];

    private static string Words => $"{string.Join(", ", Sizes[..^1])} or {Sizes[^1]}";

    private const int Widest = 8; // times the outer layers' width, as at 64 pixels

    /// <summary>How the feature maps grow to the image, one kernel for every doubling: 4 doubles the size, 3 doubles it less one.</summary>
    public static int[] Doublings(int imageSize) =>
        !Sizes.Contains(imageSize)
            ? throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, $"A DCGAN makes images of {Words} pixels.")
        : imageSize == 28 ? [3, 4, 4] // 4 -> 7 -> 14 -> 28
        : [.. Enumerable.Repeat(4, int.Log2(imageSize / Smallest))]; // 4 -> 8 -> 16 -> 32 ...

    /// <summary>Channels of the hidden layers, from the image's side inwards.</summary>
    public static int[] Widths(int imageSize, int features) =>
        [.. Doublings(imageSize).Select((_, i) => features * Math.Min(1 << i, Widest))];

    /// <summary>Numbers in the weights of a generator's convolutions, one after the other.</summary>
    public static IEnumerable<double> WeightSizes(int imageSize, int channels, int features, double inputs)
    {
        double[] widths = [.. Widths(imageSize, 1).Reverse().Select(w => (double)w * features)];
        var width = widths[0];
        yield return inputs * width * Smallest * Smallest;
        foreach (var (i, kernel) in Doublings(imageSize).Index())
        {
            var next = i + 1 < widths.Length ? widths[i + 1] : channels;
            yield return width * next * kernel * kernel;
            width = next;
        }
    }

    private sealed record DcganValues(int ImageSize, int Channels, int Features, int LatentSize, SampleClasses? Classes = null)
        : GeneratorValues
    {
        public override LatentGenerator Build() => new DcganGenerator(ImageSize, Channels, Features, LatentSize, Classes);

        public override IEnumerable<double> WeightSizes() => Classes is { } classes
            ? Dcgan.WeightSizes(ImageSize, Channels, Features, 2.0 * LatentSize).Append((double)classes.Count * LatentSize)
            : Dcgan.WeightSizes(ImageSize, Channels, Features, LatentSize);
    }
}
