using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>A trained <see cref="GreyClassifier"/> as a feature network.</summary>
public sealed class ClassifierFeatures : IFeatureNetwork, IDisposable
{
    private readonly GreyClassifier _network;
    private readonly Device _device;

    /// <summary>Takes ownership of a network, which must be on its device already.</summary>
    /// <param name="name">The name that results carry.</param>
    /// <param name="network">The trained network.</param>
    /// <param name="sha256">SHA-256 of the weights' file.</param>
    public ClassifierFeatures(string name, GreyClassifier network, string sha256)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        _device = network.parameters().First().device;
        Name = name;
        Sha256 = sha256;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public string Preprocessing => "28 x 28 grey, not resized, v / 127.5 - 1";

    /// <inheritdoc/>
    public int Channels => 1;

    /// <inheritdoc/>
    public int Width => GreyClassifier.FeatureWidth;

    /// <inheritdoc/>
    public (Tensor Features, Tensor? Logits) Extract(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dtype != ScalarType.Byte || images.dim() != 4 || images.shape[1] != 1 || images.shape[2] != GreyClassifier.ImageSize
            || images.shape[3] != GreyClassifier.ImageSize)
        {
            throw new ArgumentException($"The network {Name} takes grey pictures of 28 x 28, uint8 of shape (B, 1, 28, 28), not " +
                $"{images.dtype} of shape ({string.Join(", ", images.shape)}).", nameof(images));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var evaluation = new EvaluationMode(_network);
        TensorFloat32.Use(false, _device); // a protocol says float32
        var features = _network.Features(images.to(_device).to(ScalarType.Float32).div_(127.5f).sub_(1f)); // (B, 128)
        return (features.to(CPU).MoveToOuterDisposeScope(), _network.Logits(features).to(CPU).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
