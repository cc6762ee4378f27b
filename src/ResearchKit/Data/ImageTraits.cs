namespace ResearchKit.Data;

/// <summary>What is special about an image file, so that a user should know how it was read.</summary>
[Flags]
internal enum ImageTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>EXIF asks for another orientation than the stored one.</summary>
    Turned = 1,

    /// <summary>A channel has 16 bits.</summary>
    SixteenBits = 2,

    /// <summary>A pixel is not opaque.</summary>
    Transparent = 4,

    /// <summary>A pixel is not grey.</summary>
    Colour = 8,

    /// <summary>There are further frames.</summary>
    Animated = 16,
}

/// <summary>Gathers what is special about the images of a folder.</summary>
internal sealed class ImageNotes(ImageFolderOptions options)
{
    private readonly Dictionary<ImageTraits, int> _counts = [];
    private int _brightest;

    /// <summary>What a user should know, in a sentence each.</summary>
    public IReadOnlyList<string> Lines => [.. Texts().Where(t => _counts.ContainsKey(t.Trait)).Select(t => t.Text(_counts[t.Trait]))];

    /// <summary>Takes an image in.</summary>
    public void Add(Tensor image, ImageTraits traits)
    {
        foreach (var trait in Enum.GetValues<ImageTraits>().Where(t => t != 0 && traits.HasFlag(t)))
        {
            _counts[trait] = _counts.GetValueOrDefault(trait) + 1;
        }

        if (traits.HasFlag(ImageTraits.SixteenBits))
        {
            foreach (var value in image.bytes)
            {
                _brightest = Math.Max(_brightest, value);
            }
        }
    }

    private IEnumerable<(ImageTraits Trait, Func<int, string> Text)> Texts()
    {
        if (options.Orientation == ImageOrientation.Stored)
        {
            yield return (ImageTraits.Turned, n => $"{Images(n)} another orientation by EXIF, which is not looked at; orientation " +
                "exif turns them.");
        }

        yield return (ImageTraits.SixteenBits, n => $"{Images(n)} 16 bits a channel, of which the upper 8 are read; the brightest value " +
            $"is then {_brightest} of 255.");
        yield return (ImageTraits.Transparent, n => $"{Images(n)} transparent parts, " +
            (options.Alpha == AlphaHandling.OnWhite ? "which are laid on white." : "whose stored colours are taken."));
        yield return (ImageTraits.Animated, n => $"{Images(n)} several frames, of which the first is read; behind " +
            $"the folder's name, {Clips.ClipFolder.Suffix} makes clips of them.");
        if (options.Channels == 1)
        {
            yield return (ImageTraits.Colour, n => $"{Images(n)} colours, which are seen in grey.");
        }
    }

    private static string Images(int count) => count == 1 ? "1 image has" : FormattableString.Invariant($"{count} images have");
}
