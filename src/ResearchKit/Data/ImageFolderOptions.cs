using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>How <see cref="ImageFolder"/> turns picture files into one set.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>The height and width in pixels that every picture is brought to, from 1 to 8192; null leaves them as they are, and then all
    /// must have one size.</summary>
    public int? Size { get; init; }

    /// <summary>How a picture becomes a square; used where <see cref="Size"/> is set.</summary>
    public ImageFit Fit { get; init; } = ImageFit.CenterCrop;

    /// <summary>The filter of the scaling.</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>The colour around a picture that <see cref="ImageFit.Pad"/> does not fill; its luma where <see cref="Channels"/> is
    /// 1.</summary>
    public (byte Red, byte Green, byte Blue) PadColor { get; init; }

    /// <summary>3 (RGB; grey pictures get three equal channels) or 1 (grey: ITU-R 601-2 luma, rounded as Pillow's mode "L").</summary>
    public int Channels { get; init; } = 3;

    /// <summary>What becomes of transparency.</summary>
    public AlphaHandling Alpha { get; init; } = AlphaHandling.OnWhite;

    /// <summary>Reads only the first so many files in their order, at least 1; of class folders these may be the first class alone. Null
    /// reads all.</summary>
    public int? MaxCount { get; init; }

    /// <summary>Told after each picture how many are done, of how many. Tensors made in it are freed with the picture.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Told of each picture that cannot be read, which is then left out; null makes the first one an error.</summary>
    public Action<DataFileException>? OnBroken { get; init; }

    internal void Check()
    {
        var wrong = this switch
        {
            { Size: < 1 or > 8192 } => $"Size is {Size}; it must be null or from 1 to 8192 pixels.",
            { Channels: not (1 or 3) } => $"Channels is {Channels}; it must be 1 or 3.",
            { MaxCount: < 1 } => $"MaxCount is {MaxCount}; it must be null or at least 1.",
            _ when !Enum.IsDefined(Fit) || !Enum.IsDefined(Filter) || !Enum.IsDefined(Alpha) =>
                $"Fit, Filter and Alpha are {Fit}, {Filter} and {Alpha}; use the values that have names.",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ArgumentException($"The options of an image folder are wrong: {wrong}");
        }
    }
}
