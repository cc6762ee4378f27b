using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>How <see cref="ImageFolder"/> turns image files into one set.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>The height and width in pixels that every image is brought to, from 1 to 8192; null leaves them as they are, and then all
    /// must have one size.</summary>
    public int? Size { get; init; }

    /// <summary>How an image becomes a square; used where <see cref="Size"/> is set.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Crop;

    /// <summary>The filter of the scaling.</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>The colour around an image that <see cref="ImageFit.Pad"/> does not fill; its luma where <see cref="Channels"/> is
    /// 1.</summary>
    public (byte Red, byte Green, byte Blue) PadColor { get; init; }

    /// <summary>3 (RGB; grey images get three equal channels) or 1 (grey: ITU-R 601-2 luma, rounded as Pillow's mode "L").</summary>
    public int Channels { get; init; } = 3;

    /// <summary>What becomes of transparency.</summary>
    public AlphaHandling Alpha { get; init; } = AlphaHandling.OnWhite;

    /// <summary>Whether images are turned as their EXIF data say.</summary>
    public ImageOrientation Orientation { get; init; } = ImageOrientation.Stored;

    /// <summary>Which part of each image is read, before it is brought to a size: of two partners that stand side by side in one file,
    /// one.</summary>
    public ImageHalf Half { get; init; } = ImageHalf.Whole;

    /// <summary>Reads only the first so many files in their order, at least 1; of class folders these may be the first class alone. Null
    /// reads all.</summary>
    public int? MaxCount { get; init; }

    /// <summary>Told after each image how many are done, of how many. Tensors made in it are freed with the image.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Told of each image that cannot be read, which is then left out; null makes the first one an error.</summary>
    public Action<DataFileException>? OnBroken { get; init; }

    internal void Check()
    {
        var wrong = this switch
        {
            { Size: < 1 or > 8192 } => $"Size is {Size}; it must be null or from 1 to 8192 pixels.",
            { Channels: not (1 or 3) } => $"Channels is {Channels}; it must be 1 or 3.",
            { MaxCount: < 1 } => $"MaxCount is {MaxCount}; it must be null or at least 1.",
            _ when !Enum.IsDefined(Fit) || !Enum.IsDefined(Filter) || !Enum.IsDefined(Alpha) || !Enum.IsDefined(Orientation)
                || !Enum.IsDefined(Half) => $"Fit, Filter, Alpha, Orientation and Half are {Fit}, {Filter}, {Alpha}, {Orientation} and " +
                $"{Half}; use the values that have names.",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ArgumentException($"The options of an image folder are wrong: {wrong}");
        }
    }
}

/// <summary>How an image of any shape becomes a square of S x S pixels.</summary>
public enum ImageFit
{
    /// <summary>The shorter side is scaled to S, then the middle square is cut out (torchvision's Resize and CenterCrop).</summary>
    Crop,

    /// <summary>Both sides are scaled to S; proportions are lost.</summary>
    Squeeze,

    /// <summary>The longer side is scaled to S and the rest is filled with <see cref="ImageFolderOptions.PadColor"/>, the image in the
    /// middle.</summary>
    Pad,

    /// <summary>The middle S x S pixels are cut out unscaled; an image with a shorter side is an error.</summary>
    CropOnly,
}

/// <summary>How pixels are weighed when an image is scaled, as Pillow's <c>resize</c> does it.</summary>
/// <remarks>torch's <c>interpolate(antialias=True)</c>, which widens the filter with the scale when shrinking; along the rows first,
/// rounded to pixels, then along the columns. Within one level of Pillow's bytes.</remarks>
public enum ResizeFilter
{
    /// <summary>A triangle, Pillow's <c>BILINEAR</c>.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = -0.5, Pillow's <c>BICUBIC</c>; sharper, may overshoot and is then clamped.</summary>
    Bicubic,
}

/// <summary>What becomes of an image's transparency, which networks have no channel for.</summary>
public enum AlphaHandling
{
    /// <summary>The image is laid on white: what is transparent becomes white.</summary>
    OnWhite,

    /// <summary>The colours stay as stored and the transparency is forgotten, as Pillow's <c>convert("RGB")</c> does; what lies under
    /// transparent parts is often arbitrary.</summary>
    Drop,
}

/// <summary>Which side of an image is up.</summary>
public enum ImageOrientation
{
    /// <summary>As the pixels are stored, as Pillow's <c>Image.open</c> and torchvision's folders have it.</summary>
    Stored,

    /// <summary>Turned and mirrored as the file's EXIF orientation says, as cameras mean it and viewers show it.</summary>
    Exif,
}
