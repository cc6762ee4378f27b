using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>A small classifier of images of 28 or 32 pixels, whose last hidden layer serves as features.</summary>
/// <remarks>Three convolutions and a global average, as wide feature networks end; 94,186 parameters for ten classes in grey. The kit's
/// own: no paper's numbers can be compared with what it measures.</remarks>
public sealed class SmallClassifier : nn.Module<Tensor, Tensor>
{
    /// <summary>Numbers in a feature vector.</summary>
    public const int FeatureWidth = 128;

    private readonly nn.Module<Tensor, Tensor> body;
    private readonly nn.Module<Tensor, Tensor> head;

    /// <summary>Builds the network with PyTorch's default weights.</summary>
    /// <param name="classes">How many classes, at least 2.</param>
    /// <param name="channels">The images' channels, 1 or 3.</param>
    public SmallClassifier(int classes, int channels = 1)
        : base(nameof(SmallClassifier))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Classes = classes;
        body = nn.Sequential(
            nn.Conv2d(channels, 32, 3, padding: 1, bias: false), nn.BatchNorm2d(32), nn.ReLU(), // (B, 32, S, S)
            nn.Conv2d(32, 64, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(64), nn.ReLU(), // (B, 64, S/2, S/2)
            nn.Conv2d(64, FeatureWidth, 3, stride: 2, padding: 1, bias: false),
            nn.BatchNorm2d(FeatureWidth), nn.ReLU(), // (B, 128, S/4, S/4)
            nn.AdaptiveAvgPool2d(1), nn.Flatten()); // (B, 128)
        head = nn.Linear(FeatureWidth, classes);
        RegisterComponents();
    }

    /// <summary>How many classes.</summary>
    public int Classes { get; }

    /// <summary>The last hidden layer.</summary>
    /// <param name="images">Shape (B, C, S, S), values in [-1, 1].</param>
    /// <returns>Shape (B, 128), not negative. The caller disposes it.</returns>
    public Tensor Features(Tensor images) => body.call(images);

    /// <summary>Class logits of features.</summary>
    /// <param name="features">Shape (B, 128).</param>
    /// <returns>Shape (B, classes). The caller disposes it.</returns>
    public Tensor Logits(Tensor features) => head.call(features);

    /// <summary>Class logits of images.</summary>
    /// <param name="input">Shape (B, C, S, S), values in [-1, 1].</param>
    /// <returns>Shape (B, classes). The caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var features = Features(input); // (B, 128)
        return Logits(features); // (B, classes)
    }
}

/// <summary>A trained <see cref="SmallClassifier"/> as a feature network.</summary>
public sealed class ClassifierFeatures : IFeatureNetwork
{
    private readonly SmallClassifier _network;
    private readonly Device _device;

    /// <summary>Takes ownership of a network, which must be on its device already.</summary>
    /// <param name="name">The name that results carry.</param>
    /// <param name="network">The trained network.</param>
    /// <param name="sha256">SHA-256 of the weights' file.</param>
    /// <param name="size">Height and width of its images.</param>
    /// <param name="channels">Their channels.</param>
    /// <param name="classNames">The classes' names.</param>
    /// <param name="resizer">How images are brought to that size; null for <c>clean</c>.</param>
    public ClassifierFeatures(string name, SmallClassifier network, string sha256, int size, int channels,
        IReadOnlyList<string> classNames, ImageResizer? resizer = null)
    {
        Preparation = new(size, channels, resizer ?? ImageResizers.All.Find("clean"), Divisor: [127.5], Offset: [1]);
        (Name, _network, Sha256, ClassNames) = (name, network, sha256, classNames);
        _device = network.parameters().First().device;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public ImagePreparation Preparation { get; }

    /// <inheritdoc/>
    public int Width => SmallClassifier.FeatureWidth;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

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
