namespace ResearchKit.Training.Augmentation;

/// <summary>The transforms of <see cref="AdaptiveAugmentation"/>, in the order in which they are applied.</summary>
/// <remarks>Karras et al., arXiv:2006.06676, appendix B. With probability p each takes a random amount, which may be none.</remarks>
[Flags]
public enum AdaptiveTransforms
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Left and right exchanged, or not.</summary>
    Flip = 1 << 0,

    /// <summary>Turned by 0, 90, 180 or 270 degrees.</summary>
    QuarterTurn = 1 << 1,

    /// <summary>Shifted by U(-1/8, 1/8) of each side, rounded to whole pixels.</summary>
    WholeShift = 1 << 2,

    /// <summary>Scaled by 2^N(0, 0.2^2).</summary>
    Scale = 1 << 3,

    /// <summary>Turned by any angle, before and after the stretch, each with probability 1 - sqrt(1 - p), so that one of both happens with
    /// p.</summary>
    Turn = 1 << 4,

    /// <summary>Width scaled by s = 2^N(0, 0.2^2), height by 1 / s.</summary>
    Stretch = 1 << 5,

    /// <summary>Shifted by N(0, (1/8)^2) of each side.</summary>
    Shift = 1 << 6,

    /// <summary>N(0, 0.2^2) added to every value.</summary>
    Brightness = 1 << 7,

    /// <summary>Every value times 2^N(0, 0.5^2).</summary>
    Contrast = 1 << 8,

    /// <summary>Light and dark exchanged, or not: the mean of the channels changes its sign.</summary>
    LumaFlip = 1 << 9,

    /// <summary>Colours turned around the grey axis by any angle; leaves images of one channel as they are.</summary>
    Hue = 1 << 10,

    /// <summary>The distance from grey times 2^N(0, 1); leaves images of one channel as they are.</summary>
    Saturation = 1 << 11,

    /// <summary>Those that only move pixels: flip, quarter turns, whole shifts.</summary>
    Blit = Flip | QuarterTurn | WholeShift,

    /// <summary>Those that look between pixels: scale, turn, stretch, shift.</summary>
    Geometric = Scale | Turn | Stretch | Shift,

    /// <summary>Those of colour: brightness, contrast, luma flip, hue, saturation. They need images of 1 or 3 channels.</summary>
    Color = Brightness | Contrast | LumaFlip | Hue | Saturation,

    /// <summary>All of them: the paper's choice ("bgc").</summary>
    All = Blit | Geometric | Color,
}
