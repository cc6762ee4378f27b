using System.ComponentModel.DataAnnotations;
using ResearchKit.Registers;

namespace ResearchKit.Training.Translation;

/// <summary>What a training from image to image adds to the adversarial loss. The defaults are the papers'.</summary>
public sealed record TranslationOptions
{
    /// <summary>CycleGAN's weight of the L1 error after a cycle, there and back (arXiv:1703.10593, eq. 2 and section 4: 10).</summary>
    [Range(0, double.MaxValue)]
    public double CycleWeight { get; init; } = 10;

    /// <summary>CycleGAN's weight of the identity loss as a share of <see cref="CycleWeight"/>: an image that is of the target domain
    /// already must stay as it is (arXiv:1703.10593, section 5.2: 0.5 where colours must be kept). Null for none, where the domains have
    /// other channels.</summary>
    [Range(0, double.MaxValue)]
    public double? IdentityWeight { get; init; } = 0.5;

    /// <summary>Earlier images that CycleGAN's discriminators are shown beside new ones (arXiv:1703.10593, section 4: 50); 0 for new ones
    /// only.</summary>
    [Range(0, 100_000)]
    public int PoolSize { get; init; } = 50;

    /// <summary>pix2pix's weight of the L1 error (arXiv:1611.07004, eq. 4: 100); null for the adversarial loss alone.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? L1Weight { get; init; } = 100;

    /// <summary>Whether pix2pix has an adversary: false for the L1 error alone, which is plain supervised regression.</summary>
    public bool Adversarial { get; init; } = true;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public void Validate() => OptionRanges.Check(this);
}
