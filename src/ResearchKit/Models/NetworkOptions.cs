using System.ComponentModel.DataAnnotations;
using ResearchKit.Data;

namespace ResearchKit.Models;

/// <summary>Which networks are built, as plain values.</summary>
public sealed record NetworkOptions
{
    /// <summary>The networks: <c>auto</c> (an MLP for points, DCGAN for images), or a name of <see cref="Architectures.All"/>.</summary>
    public string Architecture { get; init; } = Architectures.Auto;

    /// <summary>Width of the networks; the architecture says of which of their layers.</summary>
    [Range(1, int.MaxValue)]
    public int Features { get; init; } = 32;

    /// <summary>Hidden layers of the MLPs that learn points; 0 for a linear network.</summary>
    [Range(0, int.MaxValue)]
    public int Layers { get; init; } = 3;

    /// <summary>The length of z.</summary>
    [Range(1, int.MaxValue)]
    public int Latent { get; init; } = 100;

    /// <summary>What D normalises; instance normalisation is for images only.</summary>
    public DiscriminatorNormalization Normalization { get; init; } = DiscriminatorNormalization.Batch;

    /// <summary>Whether G and D are told the class of each sample, so that G can be asked for a class.</summary>
    public bool Conditional { get; init; }

    /// <summary>Samples whose deviation D's last layer is shown; null to show none.</summary>
    [Range(2, int.MaxValue)]
    public int? MinibatchDeviation { get; init; }

    /// <summary>Samples that D judges together (PacGAN); 1 for each alone.</summary>
    [Range(1, int.MaxValue)]
    public int Pack { get; init; } = 1;
}

/// <summary>What a network's samples are.</summary>
public enum SampleKind
{
    /// <summary>Points, shape (B, D).</summary>
    Points,

    /// <summary>Square images, shape (B, C, H, H).</summary>
    Images,
}

/// <summary>The shape of one sample.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Numbers in a point, or an image's side in pixels.</param>
/// <param name="Channels">Channels of an image; 1 for points.</param>
/// <param name="Classes">The classes that networks are told; null for none.</param>
public sealed record SampleShape(SampleKind Kind, int Size, int Channels, SampleClasses? Classes = null);
