namespace ResearchKit.Metrics;

/// <summary>A network that turns images into the features that metrics are computed from.</summary>
/// <remarks>Results carry its name and the SHA-256 of its weights: numbers from two networks cannot be compared.</remarks>
public interface IFeatureNetwork : IDisposable
{
    /// <summary>The name that results carry. Only the published network of the FID is called Inception.</summary>
    string Name { get; }

    /// <summary>SHA-256 of the weights, 64 hexadecimal digits in lower case.</summary>
    string Sha256 { get; }

    /// <summary>What becomes of images before the first layer.</summary>
    ImagePreparation Preparation { get; }

    /// <summary>Numbers in a feature vector.</summary>
    int Width { get; }

    /// <summary>The names of the classes that its logits stand for, in their order; empty where they are not known.</summary>
    IReadOnlyList<string> ClassNames => [];

    /// <summary>Features and class logits of a batch, in evaluation mode, without a gradient.</summary>
    /// <param name="prepared">What <see cref="Preparation"/> makes of images: float32, shape (B, C, S, S), on any device.</param>
    /// <returns>Features (B, Width) and logits (B, classes), float32, on the CPU; the logits are null where the network has no classes. The
    /// caller disposes both.</returns>
    (Tensor Features, Tensor? Logits) Extract(Tensor prepared);
}
