namespace ResearchKit.Metrics;

/// <summary>A network that turns images into the features that metrics are computed from.</summary>
/// <remarks>Results carry its name and the SHA-256 of its weights: numbers from two networks cannot be compared.</remarks>
public interface IFeatureNetwork : IDisposable
{
    /// <summary>The name that results carry. Only the published network of the FID is called Inception.</summary>
    string Name { get; }

    /// <summary>SHA-256 of the weights, 64 hexadecimal digits in lower case.</summary>
    string Sha256 { get; }

    /// <summary>What becomes of images before the first layer: size, resizer, range, as results carry it.</summary>
    string Preprocessing { get; }

    /// <summary>Channels of the images that it takes: 1 or 3.</summary>
    int Channels { get; }

    /// <summary>Numbers in a feature vector.</summary>
    int Width { get; }

    /// <summary>Features and class logits of a batch, in evaluation mode, without a gradient.</summary>
    /// <param name="images">uint8, shape (B, C, H, W), on any device.</param>
    /// <returns>Features (B, Width) and logits (B, classes), float32, on the CPU; the logits are null where the network has no classes. The
    /// caller disposes both.</returns>
    /// <exception cref="ArgumentException">The network does not take such images.</exception>
    (Tensor Features, Tensor? Logits) Extract(Tensor images);
}
