using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>A small classifier of grey 28 x 28 images, whose last hidden layer serves as features.</summary>
/// <remarks>Three convolutions and a global average, as wide feature networks end; 94,186 parameters for ten classes. The kit's own: no
/// paper's numbers can be compared with what it measures.</remarks>
public sealed class GreyClassifier : nn.Module<Tensor, Tensor>
{
    /// <summary>Height and width of the images.</summary>
    public const int ImageSize = 28;

    /// <summary>Numbers in a feature vector.</summary>
    public const int FeatureWidth = 128;

    private readonly nn.Module<Tensor, Tensor> body;
    private readonly nn.Module<Tensor, Tensor> head;

    /// <summary>Builds the network with PyTorch's default weights.</summary>
    /// <param name="classes">How many classes, at least 2.</param>
    public GreyClassifier(int classes)
        : base(nameof(GreyClassifier))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Classes = classes;
        body = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding: 1, bias: false), nn.BatchNorm2d(32), nn.ReLU(), // (B, 32, 28, 28)
            nn.Conv2d(32, 64, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(64), nn.ReLU(), // (B, 64, 14, 14)
            nn.Conv2d(64, FeatureWidth, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(FeatureWidth), nn.ReLU(), // (B, 128, 7, 7)
            nn.AdaptiveAvgPool2d(1), nn.Flatten()); // (B, 128)
        head = nn.Linear(FeatureWidth, classes);
        RegisterComponents();
    }

    /// <summary>How many classes.</summary>
    public int Classes { get; }

    /// <summary>The last hidden layer.</summary>
    /// <param name="images">Shape (B, 1, 28, 28), values in [-1, 1].</param>
    /// <returns>Shape (B, 128), not negative. The caller disposes it.</returns>
    public Tensor Features(Tensor images) => body.call(images);

    /// <summary>Class logits of features.</summary>
    /// <param name="features">Shape (B, 128).</param>
    /// <returns>Shape (B, classes). The caller disposes it.</returns>
    public Tensor Logits(Tensor features) => head.call(features);

    /// <summary>Class logits of images.</summary>
    /// <param name="input">Shape (B, 1, 28, 28), values in [-1, 1].</param>
    /// <returns>Shape (B, classes). The caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var features = Features(input); // (B, 128)
        return Logits(features); // (B, classes)
    }
}

/// <summary>A trained <see cref="GreyClassifier"/> as a feature network.</summary>
public sealed class ClassifierFeatures : IFeatureNetwork
{
    private readonly GreyClassifier _network;
    private readonly Device _device;

    /// <summary>Takes ownership of a network, which must be on its device already.</summary>
    /// <param name="name">The name that results carry.</param>
    /// <param name="network">The trained network.</param>
    /// <param name="sha256">SHA-256 of the weights' file.</param>
    /// <param name="resizer">How images are brought to 28 x 28; null for <c>clean</c>.</param>
    public ClassifierFeatures(string name, GreyClassifier network, string sha256, ImageResizer? resizer = null)
    {
        Preparation = new(GreyClassifier.ImageSize, 1, resizer ?? ImageResizers.All.Find("clean"), Divisor: [127.5], Offset: [1]);
        (Name, _network, Sha256) = (name, network, sha256);
        _device = network.parameters().First().device;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public ImagePreparation Preparation { get; }

    /// <inheritdoc/>
    public int Width => GreyClassifier.FeatureWidth;

    /// <inheritdoc/>
    public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var evaluation = new EvaluationMode(_network);
        TensorFloat32.Use(false, _device); // a protocol says float32
        var features = _network.Features(prepared.to(_device)); // (B, 128)
        return (features.to(CPU).MoveToOuterDisposeScope(), _network.Logits(features).to(CPU).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
