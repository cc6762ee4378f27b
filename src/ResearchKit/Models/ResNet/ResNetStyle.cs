using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>What one paper's residual networks have of their own. The networks of WGAN-GP, SNGAN, SAGAN and BigGAN are one plan with these
/// differences.</summary>
internal sealed record ResNetStyle(string Name, string Paper, string Purpose)
{
    /// <summary>The side of G's first map.</summary>
    public const int Smallest = 4;

    /// <summary>How the generator enlarges: between the pixels, or by repeating them.</summary>
    public bool Bilinear { get; init; }

    /// <summary>Whether G's weights are spectrally normalised.</summary>
    public bool SpectralGenerator { get; init; }

    /// <summary>Whether D's weights are.</summary>
    public bool SpectralDiscriminator { get; init; } = true;

    /// <summary>Whether D's hidden layers are as wide as its outputs, and not as its inputs.</summary>
    public bool WideDiscriminator { get; init; }

    /// <summary>Whether D's last features are averaged over their places, and not summed.</summary>
    public bool MeanPooling { get; init; }

    /// <summary>Whether D's last layer has a bias.</summary>
    public bool LastBias { get; init; } = true;

    /// <summary>Whether biases start at 0, and not as PyTorch draws them.</summary>
    public bool ZeroBiases { get; init; }

    /// <summary>Whether weights start at N(0, 0.02) (BigGAN on CIFAR-10), and not as Glorot's.</summary>
    public bool SmallNormalWeights { get; init; }

    /// <summary>Standard deviation of the scales of classes at the start.</summary>
    public double GainDeviation { get; init; } = 0.02;

    /// <summary>Whether the table of a class holds what is added to a scale of 1.</summary>
    public bool GainAroundOne { get; init; }

    /// <summary>Added to variances in batch normalisation.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>The side of G's image behind which attention stands, and that of D's; 0 for none.</summary>
    public Func<int, (int OfG, int OfD)> Attention { get; init; } = _ => (0, 0);

    /// <summary>Whether it can be told classes.</summary>
    public bool TakesClasses { get; init; }

    /// <summary>Whether it must be told classes.</summary>
    public bool NeedsClasses { get; init; }

    /// <summary>The paper's width for images of a side.</summary>
    public required Func<int, int> OwnFeatures { get; init; }

    /// <summary>The length of z, in the paper.</summary>
    public int OwnLatent { get; init; } = 128;

    /// <summary>Channels of G from the 4 x 4 map to the image, and of D's blocks from the image on, for a side and a width.</summary>
    public required Func<int, int, (int[] OfG, int[] OfD)> Widths { get; init; }

    /// <summary>Sides of images that it is built for.</summary>
    public int[] Sizes { get; init; } = [32, 64, 128];

    /// <summary>The architecture of the register.</summary>
    public Architecture Architecture => new(Name, Paper, Purpose, SampleKind.Images,
        (options, shape) => (
            new ResNetGenerator(Name, shape.Size, shape.Channels, options.Features, options.Latent, shape.Classes),
            new ResNetDiscriminator(Name, shape.Size, shape.Channels * options.Pack, options.Features, shape.Classes?.Count ?? 0)),
        Refuse)
    {
        TakesClasses = TakesClasses, Example = (new NetworkOptions { Conditional = NeedsClasses }, 32), File = ResNetGenerator.File,
        ResNet = this,
    };

    /// <summary>The style of an architecture.</summary>
    /// <exception cref="ArgumentException">There is no such architecture, or it is none of residual blocks.</exception>
    public static ResNetStyle Of(string name) => Architectures.All.Find(name).ResNet
        ?? throw new ArgumentException($"The architecture {name} is not one of residual blocks; these are " +
            $"{string.Join(", ", Architectures.All.Where(a => a.ResNet is not null).Select(a => a.Name))}.", nameof(name));

    /// <summary>SNGAN's and mimicry's widths: as wide everywhere at 32 pixels, D half of G; above, doubling from the image on.</summary>
    public static (int[] OfG, int[] OfD) Doubling(int size, int features) => size switch
    {
        32 => ([features, features, features, features], [.. Enumerable.Repeat(Math.Max(1, features / 2), 4)]),
        64 => (Halves(features, 1, 2, 4, 8, 16), Halves(features, 16, 8, 4, 2, 1)),
        _ => (Halves(features, 1, 1, 2, 4, 8, 16), Halves(features, 16, 8, 4, 2, 1, 1)),
    };

    /// <summary>A 3 x 3 convolution inside of a block.</summary>
    public nn.Module<Tensor, Tensor> BlockConvolution(int inputs, int outputs, bool spectral) =>
        Convolution(inputs, outputs, 3, spectral, Math.Sqrt(2));

    /// <summary>A convolution that keeps the side.</summary>
    public nn.Module<Tensor, Tensor> Convolution(int inputs, int outputs, int kernel, bool spectral, double gain = 1) => Started(spectral
        ? new SpectralConv2d(inputs, outputs, kernel, padding: kernel / 2)
        : nn.Conv2d(inputs, outputs, kernel, padding: kernel / 2), gain);

    /// <summary>A linear layer.</summary>
    public nn.Module<Tensor, Tensor> Linear(int inputs, int outputs, bool spectral, bool hasBias = true) =>
        Started(spectral ? new SpectralLinear(inputs, outputs, hasBias) : nn.Linear(inputs, outputs, hasBias), gain: 1);

    /// <summary>D's table of classes.</summary>
    public nn.Module<Tensor, Tensor> Classes(int classes, int size) => Started(new SpectralEmbedding(classes, size), gain: 1);

    private static int[] Halves(int features, params int[] divisors) => [.. divisors.Select(d => Math.Max(1, features / d))];

    /// <exception cref="ArgumentOutOfRangeException">It is not built for this side.</exception>
    public void RequireSize(int imageSize)
    {
        if (!Sizes.Contains(imageSize))
        {
            throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, $"The architecture {Name} makes images of {Sides} pixels.");
        }
    }

    private string Sides => Sizes.Length == 1 ? $"{Sizes[0]}" : $"{string.Join(", ", Sizes[..^1])} or {Sizes[^1]}";

    private string? Refuse(NetworkOptions options, SampleShape shape) =>
        !Sizes.Contains(shape.Size)
            ? $"The architecture {Name} makes images of {Sides} pixels, not {shape.Size}: set --size (imageSize) to that."
        : AttentionWidths(shape.Size, options.Features ?? OwnFeatures(shape.Size)) is var (ofG, ofD) && ofG > 0
            && Math.Min(ofG, ofD) < SelfAttention2d.Narrowest
            ? $"The architecture {Name} needs more features for images of {shape.Size} pixels: its attention takes at least " +
                $"{SelfAttention2d.Narrowest} channels."
        : NeedsClasses && !options.Conditional
            ? $"The architecture {Name} must be told classes: take data with classes and set conditional to true, or choose another " +
                $"architecture."
        : null;

    /// <summary>Channels where attention stands in G and in D; 0 for none.</summary>
    public (int OfG, int OfD) AttentionWidths(int size, int features) => Attention(size) is (> 0 and var ofG, var ofD)
        ? (Widths(size, features).OfG[int.Log2(ofG / Smallest)], Widths(size, features).OfD[int.Log2(size / ofD) - 1])
        : default;

    private nn.Module<Tensor, Tensor> Started(nn.Module<Tensor, Tensor> layer, double gain)
    {
        using var noGrad = no_grad();
        var (weight, bias) = layer switch
        {
            SpectralLayer s => (s.TrainedWeight, s.TrainedBias),
            Conv2d c => (c.weight, c.bias),
            Linear l => (l.weight, l.bias),
            _ => (null, null),
        };
        if (SmallNormalWeights)
        {
            nn.init.normal_(weight!, 0, 0.02);
        }
        else
        {
            nn.init.xavier_uniform_(weight!, gain);
        }

        if (bias is not null && ZeroBiases)
        {
            nn.init.zeros_(bias);
        }

        return layer;
    }
}
