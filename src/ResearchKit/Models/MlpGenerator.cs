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
        Dimensions = dimensions;
        Options = options ?? new MlpOptions();
        Options.ValidateForGenerator();
        main = MlpLayers.Build(latentSize, dimensions, Options);
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
