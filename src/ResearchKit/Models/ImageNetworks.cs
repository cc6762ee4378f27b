using ResearchKit.Data;

namespace ResearchKit.Models;

/// <summary>A generator of square images that may be told classes: what the networks of papers share.</summary>
public abstract class ImageGenerator : LatentGenerator, IClassConditional
{
    /// <summary>Fixes the shapes.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    /// <param name="imageSize">Height and width of the images, at least 4.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="classes">The classes of which it makes samples; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    protected ImageGenerator(string name, int latentSize, int imageSize, int channels, SampleClasses? classes)
        : base(name, latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (ImageSize, Channels, Labels) = (imageSize, channels, classes);
    }

    /// <summary>Height and width of the images.</summary>
    public int ImageSize { get; }

    /// <summary>Channels of the images.</summary>
    public int Channels { get; }

    /// <inheritdoc/>
    public int Classes => Labels?.Count ?? 0;

    /// <summary>Turns latent vectors into images; with classes, of classes as often as the data have them (seed 0).</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <returns>Shape (B, C, H, W); [-1, 1] is black to white.</returns>
    public override Tensor forward(Tensor input)
    {
        using var labels = Labels?.Draw(input.shape[0], seed: 0).to(input.device); // (B)
        return Generate(input, labels);
    }

    /// <summary>Turns latent vectors into images of given classes.</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <param name="labels">y, int64, shape (B).</param>
    /// <returns>Shape (B, C, H, W); [-1, 1] is black to white.</returns>
    public Tensor forward(Tensor input, Tensor labels) => Generate(input, labels);

    /// <summary>Turns latent vectors into images.</summary>
    /// <param name="z">Shape (B, LatentSize).</param>
    /// <param name="y">Class numbers, int64, shape (B); null exactly where the network has no classes.</param>
    /// <returns>Shape (B, C, H, W). The caller disposes it.</returns>
    protected abstract Tensor Generate(Tensor z, Tensor? y);
}

/// <summary>A discriminator of images that may be told classes.</summary>
public abstract class ImageDiscriminator : nn.Module<Tensor, Tensor>, IClassConditional
{
    /// <summary>Names the module.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="classes">How many classes it judges samples by; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 0.</exception>
    protected ImageDiscriminator(string name, int classes)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        Classes = classes;
    }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>Scores images.</summary>
    /// <param name="input">Shape (B, C, H, W); [-1, 1] is black to white.</param>
    /// <returns>Logits, shape (B).</returns>
    /// <exception cref="InvalidOperationException">It was built for classes, and asks for labels.</exception>
    public override Tensor forward(Tensor input) => Classes > 0 ? throw ClassConditioning.Missing(this) : Score(input, null);

    /// <summary>Scores images of given classes.</summary>
    /// <param name="input">Shape (B, C, H, W); [-1, 1] is black to white.</param>
    /// <param name="labels">y, int64, shape (B).</param>
    /// <returns>Logits, shape (B).</returns>
    public Tensor forward(Tensor input, Tensor labels) => Score(input, labels);

    /// <summary>Scores images.</summary>
    /// <param name="x">Shape (B, C, H, W).</param>
    /// <param name="y">Class numbers, int64, shape (B); null exactly where the network has no classes.</param>
    /// <returns>Logits, shape (B). The caller disposes it.</returns>
    protected abstract Tensor Score(Tensor x, Tensor? y);
}
