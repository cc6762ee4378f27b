using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>The small generator that Unrolled GAN learns stacked digits with: z to 4 x 4 x 64, then 32, 16 and 8 channels by strided
/// transposed convolutions of 3 x 3, then a convolution to the image.</summary>
/// <remarks>Metz et al., arXiv:1611.02163, section 3.3.1 and appendix; details as PacGAN's authors (arXiv:1712.04086, section 4.2) built it
/// again in their code: batch normalisation and ReLU after every layer but the last, kernels of 3 x 3, 4 -> 7 -> 14 -> 28, a last
/// convolution of stride 1 with tanh, weights N(0, 0.02). With its defaults 286,795 parameters. Deviations: biases that batch normalisation
/// takes away at once are left out; its scales start at N(1, 0.02) as in the kit's DCGAN, theirs at 1; padding is symmetric, where
/// TensorFlow's "same" sometimes pads one side alone; running averages move by 0.1 a step.</remarks>
public sealed class UnrolledDigitsGenerator : LatentGenerator
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with its initial weights.</summary>
    /// <param name="latentSize">The length of z, at least 1; 256 in the paper.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1.</exception>
    public UnrolledDigitsGenerator(int latentSize = 256, int channels = 3)
        : base(nameof(UnrolledDigitsGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Channels = channels;
        main = new LayerChain(
            // (B, 64, 4, 4), a linear layer to 1,024
            nn.ConvTranspose2d(latentSize, 64, 4, bias: false), nn.BatchNorm2d(64), nn.ReLU(inplace: true),
            // (B, 32, 7, 7)
            nn.ConvTranspose2d(64, 32, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(32), nn.ReLU(inplace: true),
            // (B, 16, 14, 14)
            nn.ConvTranspose2d(32, 16, 3, stride: 2, padding: 1, output_padding: 1, bias: false), nn.BatchNorm2d(16),
            nn.ReLU(inplace: true),
            // (B, 8, 28, 28)
            nn.ConvTranspose2d(16, 8, 3, stride: 2, padding: 1, output_padding: 1, bias: false), nn.BatchNorm2d(8), nn.ReLU(inplace: true),
            nn.Conv2d(8, channels, 3, padding: 1), nn.Tanh()); // (B, C, 28, 28)
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Channels of the images.</summary>
    public int Channels { get; }

    /// <summary>Turns latent vectors into images.</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <returns>Shape (B, C, 28, 28), values in (-1, 1).</returns>
    public override Tensor forward(Tensor input)
    {
        using var z = input.reshape(input.shape[0], LatentSize, 1, 1); // (B, Z, 1, 1)
        return main.call(z); // (B, C, 28, 28)
    }
}

/// <summary>The small discriminator that Unrolled GAN learns stacked digits with: three strided convolutions of 3 x 3, each with batch
/// normalisation (or another, or none) and leaky ReLU of slope 0.3; gives logits.</summary>
/// <remarks>Metz et al., arXiv:1611.02163, section 3.3.1 and appendix, which names its size after the generator's: 4, 8, 16 channels ("1/2
/// G") and 2, 4, 8 ("1/4 G"); details as PacGAN's authors (arXiv:1712.04086, section 4.2) built it again in their code: 28 -> 14 -> 7 -> 4
/// and a linear layer, weights N(0, 0.02). 1,861 and 571 parameters. Deviations: as <see cref="UnrolledDigitsGenerator"/>; without any
/// normalisation, for penalties on the slope, weights start at He's sizes for slope 0.3 (arXiv:1502.01852, eq. 15), for 0.02 would let
/// nearly nothing through.</remarks>
public sealed class UnrolledDigitsDiscriminator : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.3;

    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with its initial weights.</summary>
    /// <param name="features">Channels of the first layer, at least 1: 2 for a quarter of G, 4 for a half.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="normalization">What is normalised; batch normalisation in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1, or there is no such normalisation.</exception>
    public UnrolledDigitsDiscriminator(int features = 2, int channels = 3,
        DiscriminatorNormalization normalization = DiscriminatorNormalization.Batch)
        : base(nameof(UnrolledDigitsDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var layers = new List<nn.Module<Tensor, Tensor>>();
        var width = channels;
        foreach (var next in (int[])[features, 2 * features, 4 * features])
        {
            // (B, next, 14, 14), (.., 7, 7), (.., 4, 4)
            layers.AddRange(normalization.Convolution(width, next, kernel: 3, stride: 2, padding: 1, isFollowed: true));
            layers.Add(new LeakyReLU(Slope, inPlace: true));
            width = next;
        }

        // a bias: nothing takes it away here
        var last = normalization == DiscriminatorNormalization.Batch ? DiscriminatorNormalization.None : normalization;
        // (B, 1, 1, 1), a linear layer
        layers.AddRange(last.Convolution(width, 1, kernel: 4, stride: 1, padding: 0, isFollowed: false));
        main = nn.Sequential([.. layers]);
        RegisterComponents();
        DcganWeights.Initialize(this);
        using var noGrad = no_grad();
        foreach (var convolution in main.modules().OfType<TorchSharp.Modules.Conv2d>())
        {
            if (normalization == DiscriminatorNormalization.None)
            {
                nn.init.kaiming_normal_(convolution.weight, Slope, nonlinearity: nn.init.NonlinearityType.LeakyReLU);
            }
        }
    }

    /// <summary>Scores images.</summary>
    /// <param name="input">Shape (B, C, 28, 28), values in [-1, 1].</param>
    /// <returns>Logits, shape (B); sigmoid gives the probability of "real".</returns>
    public override Tensor forward(Tensor input)
    {
        using var logits = main.call(input); // (B, 1, 1, 1)
        return logits.reshape(input.shape[0]); // (B)
    }
}

internal static class UnrolledDigits
{
    public static Architecture Architecture { get; } = new("unrolled-digits", "Metz et al., arXiv:1611.02163, section 3.3.1",
        "stacked digits, 28 x 28 pixels; features is D's first width, 2 or 4 in the paper", SampleKind.Images,
        (options, shape) => (new UnrolledDigitsGenerator(options.Latent ?? 100, shape.Channels),
            new UnrolledDigitsDiscriminator(options.Features ?? 32, shape.Channels * options.Pack,
                options.Normalization ?? DiscriminatorNormalization.Batch)),
        (_, shape) => shape.Size == 28
            ? null
            : $"The architecture unrolled-digits is for images of 28 x 28 pixels, and these have {shape.Size} x {shape.Size}: choose auto.")
    {
        Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent), nameof(NetworkOptions.Normalization)],
        Example = (new NetworkOptions { Features = 2, Latent = 256 }, 28),
        File = GeneratorFormat.Of((UnrolledDigitsGenerator g) => new UnrolledDigitsValues(g.LatentSize, g.Channels)),
    };

    private sealed record UnrolledDigitsValues(int LatentSize, int Channels) : GeneratorValues
    {
        public override LatentGenerator Build() => new UnrolledDigitsGenerator(LatentSize, Channels);

        public override IEnumerable<double> WeightSizes() =>
            [1024.0 * LatentSize, 9 * 64 * 32, 9 * 32 * 16, 9 * 16 * 8, 9 * 8.0 * Channels];
    }
}
