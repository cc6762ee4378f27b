using System.ComponentModel.DataAnnotations;
using ResearchKit.Data;
using ResearchKit.Data.Text;
using ResearchKit.Registers;

namespace ResearchKit.Models;

/// <summary>Which networks are built, as plain values.</summary>
public sealed record NetworkOptions
{
    /// <summary>The networks: <c>auto</c> (an MLP for points, DCGAN for images, WaveGAN for sounds, WGAN-GP's networks for text, MoCoGAN
    /// for clips), or a name of <see cref="Architectures.All"/>.</summary>
    public string Architecture { get; init; } = Architectures.Auto;

    /// <summary>Width of the networks; the architecture says of which of their layers. Null for the architecture's own.</summary>
    [Range(1, int.MaxValue), AutoOption]
    public int? Features { get; init; }

    /// <summary>Layers, where an architecture can have more and fewer: it says which. Null for the architecture's own.</summary>
    [Range(0, int.MaxValue), AutoOption]
    public int? Layers { get; init; }

    /// <summary>The length of z; null for the architecture's own.</summary>
    [Range(1, int.MaxValue), AutoOption]
    public int? Latent { get; init; }

    /// <summary>What D normalises, instance normalisation for images only; null for the architecture's own, which is the batch in DCGAN
    /// and the MLPs.</summary>
    [AutoOption]
    public DiscriminatorNormalization? Normalization { get; init; }

    /// <summary>Whether G and D are told the class of each sample, so that G can be asked for a class.</summary>
    public bool Conditional { get; init; }

    /// <summary>Samples whose deviation D's last layer is shown; null for the architecture's own, which is mostly to show
    /// none.</summary>
    [Range(2, int.MaxValue), AutoOption]
    public int? MinibatchDeviation { get; init; }

    /// <summary>By how many places D shifts what its layers have found, at most, at random (WaveGAN's phase shuffle); 0 for none, null
    /// for the architecture's own.</summary>
    [Range(0, 64), AutoOption]
    public int? PhaseShuffle { get; init; }

    /// <summary>D's filters of a width, where it looks at lines through filters of many widths; the architecture says which widths have so
    /// many. Null for the architecture's own.</summary>
    [Range(1, 4096), AutoOption]
    public int? Filters { get; init; }

    /// <summary>What D judges of a clip: a frame by itself and the whole clip (Both), only frames (Frames) or only clips (Clips); null for
    /// the architecture's own, which is both.</summary>
    [AutoOption]
    public ClipJudges? Judges { get; init; }

    /// <summary>How many frames of each clip D judges by themselves, picked at random; null for the architecture's own, which is
    /// one, as the authors have it.</summary>
    [Range(1, 1024), AutoOption]
    public int? JudgedFrames { get; init; }

    /// <summary>Whether what should stay over a clip is drawn for each frame anew, to see what it is for; null for the architecture's own,
    /// which is that it stays.</summary>
    [AutoOption]
    public bool? RedrawContent { get; init; }

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

    /// <summary>Sounds of one channel, shape (B, 1, T).</summary>
    Sounds,

    /// <summary>Lines of text, one-hot or as probabilities, shape (B, V, L): V characters, the padding among them, in L places.</summary>
    Lines,

    /// <summary>Clips of square frames, shape (B, C, T, H, H).</summary>
    Clips,
}

/// <summary>What a discriminator of clips judges.</summary>
public enum ClipJudges
{
    /// <summary>A frame of each clip by itself, and each clip as a whole.</summary>
    Both,

    /// <summary>A frame of each clip alone: nothing asks how frames follow each other.</summary>
    Frames,

    /// <summary>Each clip as a whole alone.</summary>
    Clips,
}

/// <summary>The shape of one sample.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Numbers in a point, the side of an image or a frame in pixels, the samples of a sound, or the characters of a
/// line.</param>
/// <param name="Channels">Channels of an image or a frame; 1 for others.</param>
/// <param name="Classes">The classes that networks are told; null for none.</param>
public sealed record SampleShape(SampleKind Kind, int Size, int Channels, SampleClasses? Classes = null)
{
    /// <summary>Samples a second of a sound, 16,000 where nothing is said; 0 for others.</summary>
    public int Rate { get; init; } = Kind == SampleKind.Sounds ? 16_000 : 0;

    /// <summary>The characters of lines, a to z where nothing is said; null for others.</summary>
    public Vocabulary? Vocabulary { get; init; } = Kind == SampleKind.Lines ? Vocabulary.Letters : null;

    /// <summary>Frames of a clip, 16 where nothing is said; 0 for others.</summary>
    public int Frames { get; init; } = Kind == SampleKind.Clips ? 16 : 0;

    /// <summary>The shape of a batch of them.</summary>
    /// <param name="count">How many.</param>
    public long[] Batch(long count) => Kind switch
    {
        SampleKind.Points => [count, Size],
        SampleKind.Images => [count, Channels, Size, Size],
        SampleKind.Lines => [count, Vocabulary!.Count, Size],
        SampleKind.Clips => [count, Channels, Frames, Size, Size],
        _ => [count, Channels, Size],
    };
}
