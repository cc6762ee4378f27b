namespace ResearchKit.Training.Augmentation;

/// <summary>The parts of <see cref="DiffAugment"/>, in the order in which they are applied.</summary>
[Flags]
public enum DiffAugmentTransforms
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Brightness, saturation (which leaves images of one channel as they are) and contrast.</summary>
    Color = 1,

    /// <summary>A shift by up to an eighth of each side; what comes in is 0.</summary>
    Translation = 2,

    /// <summary>A rectangle of half of each side is set to 0.</summary>
    Cutout = 4,

    /// <summary>All three: the paper's choice for few images.</summary>
    All = Color | Translation | Cutout,
}
