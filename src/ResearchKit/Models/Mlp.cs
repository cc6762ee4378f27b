using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>A fully connected generator: z to points, with a linear output.</summary>
/// <remarks>The network of the games in the plane; Goodfellow et al., arXiv:1406.2661, used such networks throughout.</remarks>
public sealed class MlpGenerator : LatentGenerator
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network.</summary>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <param name="dimensions">Numbers in a point, at least 1.</param>
    /// <param name="options">The hidden layers; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MlpGenerator(int latentSize, int dimensions, MlpOptions? options = null)
        : base(nameof(MlpGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        (Dimensions, Options) = (dimensions, options ?? new MlpOptions());
        if (Options.MinibatchStandardDeviation is not null)
        {
            throw new ArgumentException("MinibatchStandardDeviation is set, but only a discriminator compares samples: make it null.",
                nameof(options));
        }

        main = Mlp.Layers(latentSize, dimensions, Options);
        RegisterComponents();
    }

    /// <summary>Numbers in a point.</summary>
    public int Dimensions { get; }

    /// <summary>The hidden layers.</summary>
    public MlpOptions Options { get; }

    /// <summary>Generates points.</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <returns>Shape (B, dimensions), unbounded.</returns>
    public override Tensor forward(Tensor input) => main.call(input);
}

/// <summary>A fully connected discriminator or critic: points to logits.</summary>
public sealed class MlpDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network.</summary>
    /// <param name="dimensions">Numbers in a point, at least 1.</param>
    /// <param name="options">The hidden layers; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MlpDiscriminator(int dimensions, MlpOptions? options = null)
        : base(nameof(MlpDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        main = Mlp.Layers(dimensions, 1, options ?? new MlpOptions());
        RegisterComponents();
    }

    /// <summary>Scores points.</summary>
    /// <param name="input">Shape (B, dimensions).</param>
    /// <returns>Logits, shape (B); sigmoid gives the probability of "real".</returns>
    public override Tensor forward(Tensor input)
    {
        using var logits = main.call(input); // (B, 1)
        return logits.squeeze(1); // (B)
    }
}

/// <summary>What both networks share.</summary>
internal static class Mlp
{
    private static readonly GeneratorFormat File = GeneratorFormat.Of((MlpGenerator g) => new MlpValues(g.LatentSize, g.Dimensions,
        [.. g.Options.Widths], g.Options.Activation, g.Options.Normalization, g.Options.Weights, g.Options.LeakySlope,
        g.Options.MaxoutPieces));

    public static Architecture Architecture { get; } = new("mlp", "Goodfellow et al., arXiv:1406.2661",
        "points; features is the width of the hidden layers (32 by itself), layers their number (3), z has 100 numbers", SampleKind.Points,
        (options, shape) =>
        {
            var hidden = new MlpOptions { Widths = [.. Enumerable.Repeat(options.Features ?? 32, options.Layers ?? 3)] };
            return (new MlpGenerator(options.Latent ?? 100, shape.Size, hidden), new MlpDiscriminator(shape.Size * options.Pack, hidden with
            {
                Normalization = Enum.Parse<MlpNormalization>($"{options.Normalization ?? DiscriminatorNormalization.Batch}"),
                MinibatchStandardDeviation = options.MinibatchDeviation,
            }));
        },
        (options, _) => options.Normalization is null || Enum.TryParse<MlpNormalization>($"{options.Normalization}", out var _)
            ? null
            : $"Normalization {options.Normalization} is for images; for points choose {string.Join(", ",
                Enum.GetNames<MlpNormalization>())}.")
    {
        Uses = [.. Dcgan.Architecture.Uses, nameof(NetworkOptions.Layers)],
        Example = (new NetworkOptions { Normalization = DiscriminatorNormalization.None, Latent = 2 }, 2), File = File,
    };

    public static Architecture PacGan { get; } = new("pacgan", "Lin et al., arXiv:1712.04086, section 4.1",
        "points, with the paper's own networks", SampleKind.Points,
        (options, shape) => (new MlpGenerator(options.Latent ?? 100, shape.Size, MlpOptions.PacGanGenerator),
            new MlpDiscriminator(shape.Size * options.Pack, MlpOptions.PacGanDiscriminator)),
        (options, _) => options.Normalization is null or DiscriminatorNormalization.None
            ? null
            : "The architecture pacgan has a D of its own, which normalises nothing: leave normalization at auto, or set the " +
                "architecture to auto.")
    {
        Uses = [nameof(NetworkOptions.Latent), nameof(NetworkOptions.Normalization)],
        Example = (new NetworkOptions { Latent = 2 }, 2), File = File,
    };

    public static Sequential Layers(int inputs, int outputs, MlpOptions options)
    {
        options.Validate();
        var isSpectral = options.Normalization == MlpNormalization.Spectral;
        nn.Module<Tensor, Tensor> Linear(int from, int to, bool hasBias) =>
            isSpectral ? new SpectralLinear(from, to, hasBias) : nn.Linear(from, to, hasBias);
        var layers = new List<nn.Module<Tensor, Tensor>>();
        foreach (var width in options.Widths)
        {
            // (B, width)
            layers.AddRange(options.Activation == MlpActivation.Maxout
                ? [new LinearMaxout(inputs, width, options.MaxoutPieces, isSpectral)]
                : [Linear(inputs, width, hasBias: options.Normalization != MlpNormalization.Batch), .. Normalization(options, width),
                    Activation(options)]);
            inputs = width;
        }

        if (options.MinibatchStandardDeviation is { } group)
        {
            layers.Add(new MinibatchStandardDeviation(group)); // (B, inputs + 1)
            inputs++;
        }

        var network = nn.Sequential([.. layers, Linear(inputs, outputs, hasBias: true)]); // (B, outputs)
        Initialize(network, options.Weights);
        return network;
    }

    private static nn.Module<Tensor, Tensor>[] Normalization(MlpOptions options, int width) => options.Normalization switch
    {
        MlpNormalization.Batch => [nn.BatchNorm1d(width)],
        MlpNormalization.Layer => [nn.LayerNorm(width)],
        _ => [],
    };

    private static nn.Module<Tensor, Tensor> Activation(MlpOptions options) => options.Activation switch
    {
        MlpActivation.Relu => nn.ReLU(),
        MlpActivation.LeakyRelu => new Models.Layers.LeakyReLU(options.LeakySlope),
        _ => nn.Tanh(),
    };

    private static void Initialize(Sequential network, MlpWeights weights)
    {
        if (weights == MlpWeights.Torch)
        {
            return;
        }

        using var noGrad = no_grad();
        foreach (var layer in network.modules())
        {
            var (weight, bias) = layer switch
            {
                Linear linear => (linear.weight, linear.bias),
                SpectralLayer spectral => (spectral.TrainedWeight, spectral.TrainedBias),
                _ => (null, null),
            };
            if (weight is not null)
            {
                nn.init.normal_(weight, 0, weights == MlpWeights.Normal ? 0.02 : Math.Sqrt(2.0 / weight.shape[1]));
            }

            if (bias is not null)
            {
                nn.init.zeros_(bias);
            }
        }
    }

    private sealed record MlpValues(int LatentSize, int Dimensions, int[] Widths, MlpActivation Activation, MlpNormalization Normalization,
        MlpWeights Weights, double LeakySlope, int MaxoutPieces) : GeneratorValues
    {
        public override LatentGenerator Build() => new MlpGenerator(LatentSize, Dimensions, new MlpOptions
        {
            Widths = Widths, Activation = Activation, Normalization = Normalization, Weights = Weights, LeakySlope = LeakySlope,
            MaxoutPieces = MaxoutPieces,
        });

        public override IEnumerable<double> WeightSizes()
        {
            double pieces = Activation == MlpActivation.Maxout ? MaxoutPieces : 1, inputs = LatentSize;
            foreach (var width in Widths)
            {
                yield return inputs * width * pieces;
                inputs = width;
            }

            yield return inputs * Dimensions;
        }
    }
}
