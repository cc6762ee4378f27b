namespace ResearchKit.Models;

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
        main = MlpLayers.Build(dimensions, 1, options ?? new MlpOptions());
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
