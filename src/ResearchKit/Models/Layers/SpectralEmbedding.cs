using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A spectrally normalised table of vectors, one for each class. Miyato and Koyama, arXiv:1802.05637, use it in a projection
/// discriminator.</summary>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralEmbedding : SpectralLayer
{
    /// <summary>Builds the layer with PyTorch's default weights, N(0, 1).</summary>
    /// <param name="classes">Vectors in the table, at least 1.</param>
    /// <param name="size">The length of a vector, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public SpectralEmbedding(long classes, long size)
        : base(nameof(SpectralEmbedding), (Draw(classes, size), null))
    {
    }

    /// <summary>Looks the vectors up.</summary>
    /// <param name="input">Class numbers, int64, shape (B), each in [0, classes).</param>
    /// <returns>Shape (B, size).</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (classes, size)
        return weight.index_select(0, input); // (B, size)
    }

    private static Parameter Draw(long classes, long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return SpectralWeight.Keep(() => randn(classes, size));
    }
}
