using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>The DCGAN generator: transposed convolutions, batch normalisation, ReLU, tanh.</summary>
/// <remarks>Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 3,576,704
/// parameters with its defaults; the paper's own are twice as wide). State-dict keys are the tutorial's (<c>main.0.weight</c>, ...), so are
/// the weights' shapes. Deviations: 32 pixels leave out one doubling; 28 pixels go 4 -> 7 -> 14 -> 28.</remarks>
public sealed class DcganGenerator : LatentGenerator
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32 or 64.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the last hidden layer (ngf), at least 1; earlier layers have 2, 4, 8 times as many.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is another, or a count is below 1.</exception>
    public DcganGenerator(int imageSize = 64, int channels = 3, int features = 64, int latentSize = 100)
        : base(nameof(DcganGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (ImageSize, Channels, Features) = (imageSize, channels, features);
        var doublings = Dcgan.Doublings(imageSize);
        var width = features << (doublings.Length - 1);
        List<nn.Module<Tensor, Tensor>> layers = [nn.ConvTranspose2d(latentSize, width, Dcgan.Smallest, bias: false)]; // (B, width, 4, 4)
        foreach (var (i, kernel) in doublings.Index())
        {
            var next = i == doublings.Length - 1 ? channels : width / 2;
            layers.AddRange([nn.BatchNorm2d(width), nn.ReLU(inplace: true),
                // (B, next, 2 H, 2 W), or 2 H - 1 for kernel 3
                nn.ConvTranspose2d(width, next, kernel, stride: 2, padding: 1, bias: false)]);
            width = next;
        }

        main = nn.Sequential([.. layers, nn.Tanh()]);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Height and width of the images.</summary>
    public int ImageSize { get; }

    /// <summary>Channels of the images.</summary>
    public int Channels { get; }

    /// <summary>Channels of the last hidden layer (ngf).</summary>
    public int Features { get; }

    /// <summary>Turns latent vectors into images.</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <returns>Shape (B, C, H, W), values in (-1, 1).</returns>
    public override Tensor forward(Tensor input)
    {
        using var z = input.reshape(input.shape[0], LatentSize, 1, 1); // (B, Z, 1, 1)
        return main.call(z); // (B, C, H, W)
    }
}

/// <summary>The DCGAN discriminator: strided convolutions, batch normalisation (or another, or none), leaky ReLU; gives logits.</summary>
/// <remarks>Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 2,765,568
/// parameters with its defaults). Deviations: gives logits, no final sigmoid (the losses work on logits); 28 and 32 pixels mirror the
/// generator. With another normalisation than the paper's, convolutions have a bias where no normalisation takes it away.</remarks>
public sealed class DcganDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32 or 64.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the first hidden layer (ndf), at least 1; later layers have 2, 4, 8 times as many.</param>
    /// <param name="normalization">What is normalised; batch normalisation in the paper.</param>
    /// <param name="minibatchStandardDeviation">Samples whose deviation is shown to the last convolution
    /// (<see cref="MinibatchStandardDeviation"/>), at least 2; null for none, as in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size or the normalisation is another, or a count is too small.</exception>
    public DcganDiscriminator(int imageSize = 64, int channels = 3, int features = 64,
        DiscriminatorNormalization normalization = DiscriminatorNormalization.Batch, int? minibatchStandardDeviation = null)
        : base(nameof(DcganDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var layers = new List<nn.Module<Tensor, Tensor>>();
        var width = channels;
        foreach (var (i, kernel) in Dcgan.Doublings(imageSize).Reverse().Index())
        {
            var next = i == 0 ? features : width * 2;
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
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Scores images.</summary>
    /// <param name="input">Shape (B, C, H, W), values in [-1, 1].</param>
    /// <returns>Logits, shape (B); sigmoid gives the probability of "real".</returns>
    public override Tensor forward(Tensor input)
    {
        using var logits = main.call(input); // (B, 1, 1, 1)
        return logits.reshape(input.shape[0]); // (B)
    }
}

/// <summary>The initial weights of a DCGAN.</summary>
/// <remarks>arXiv:1511.06434, section 4: N(0, 0.02). Batch-normalisation scales start at N(1, 0.02), shifts and biases at 0.</remarks>
public static class DcganWeights
{
    /// <summary>Draws new weights for every convolution and batch normalisation in a network from the global generator.</summary>
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
        "images of 28, 32 or 64 pixels; features is the width of the outer hidden layers", SampleKind.Images,
        (options, shape) => (
            new DcganGenerator(shape.Size, shape.Channels, options.Features, options.Latent),
            new DcganDiscriminator(shape.Size, shape.Channels * options.Pack, options.Features, options.Normalization,
                options.MinibatchDeviation)),
        (_, shape) => shape.Size is 28 or 32 or 64 ? null : Sizes)
    {
        File = GeneratorFormat.Of((DcganGenerator g) => new DcganValues(g.ImageSize, g.Channels, g.Features, g.LatentSize)),
    };

    private const string Sizes = "A DCGAN here makes images of 28, 32 or 64 pixels; pad or resize the set (ImageSet.PadTo, " +
        "ImageSet.ResizeTo).";

    /// <summary>How the feature maps grow to the image, one kernel for every doubling: 4 doubles the size, 3 doubles it less one.</summary>
    public static int[] Doublings(int imageSize) => imageSize switch
    {
        28 => [3, 4, 4], // 4 -> 7 -> 14 -> 28
        32 => [4, 4, 4], // 4 -> 8 -> 16 -> 32
        64 => [4, 4, 4, 4], // 4 -> 8 -> 16 -> 32 -> 64
        _ => throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, Sizes),
    };

    private sealed record DcganValues(int ImageSize, int Channels, int Features, int LatentSize) : GeneratorValues
    {
        public override LatentGenerator Build() => new DcganGenerator(ImageSize, Channels, Features, LatentSize);

        public override IEnumerable<double> WeightSizes()
        {
            var doublings = Doublings(ImageSize);
            var width = Features * Math.Pow(2, doublings.Length - 1);
            yield return LatentSize * width * Smallest * Smallest;
            foreach (var kernel in doublings)
            {
                var next = width <= Features ? Channels : width / 2;
                yield return width * next * kernel * kernel;
                width = next;
            }
        }
    }
}
