using ResearchKit.Losses;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Training.Augmentation;

/// <summary>ADA: images go through many transforms, each with probability p, and p follows how much D overfits.</summary>
/// <remarks>Karras et al., arXiv:2006.06676, appendix B. By itself it applies what the paper uses ("bgc"): in this order x-flip, turns by
/// 90 degrees, whole-pixel translation, isotropic scaling, rotation, anisotropic scaling, rotation, fractional translation; brightness,
/// contrast, luma flip and, for images of 3 channels, hue and saturation. Filters, noise and cutout ("fnc") come after these where they are
/// asked for. The ranges stand at <see cref="AdaptiveTransforms"/>. Below p = 0.8 the paper finds that G does not learn the transforms
/// themselves ("non-leaking", section 2.2). Images have values in [-1, 1] and are not clipped. The numbers are drawn on the CPU.
/// Deviations: one bilinear look-up (<c>grid_sample</c>'s, mirrored at the outer edges) in place of the paper's look-up between two wavelet
/// filters at double resolution; so images that are made smaller alias a little.</remarks>
public sealed class AdaptiveAugmentation : RandomPart, IAugmentation, IShared
{
    private readonly AdaptiveController? _controller;
    private readonly Schedule _schedule;
    private double _scheduled;
    private long _images;

    /// <summary>Lets a controller choose p.</summary>
    /// <param name="controller">Follows one training; belongs to the augmentation from now on.</param>
    /// <param name="transforms">What is applied.</param>
    /// <param name="seed">Chooses the random numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown transform is asked for.</exception>
    public AdaptiveAugmentation(AdaptiveController controller, AdaptiveTransforms transforms = AdaptiveTransforms.PaperChoice,
        long seed = 0)
        : this(0.0, transforms, seed)
    {
        _controller = controller;
    }

    /// <summary>Fixes p, or lets it follow a schedule, as R3GAN does (arXiv:2501.05441).</summary>
    /// <param name="p">In [0, 1], in every step.</param>
    /// <param name="transforms">What is applied.</param>
    /// <param name="seed">Chooses the random numbers.</param>
    /// <exception cref="ArgumentException">The schedule leaves [0, 1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">An unknown transform is asked for.</exception>
    public AdaptiveAugmentation(Schedule p, AdaptiveTransforms transforms = AdaptiveTransforms.PaperChoice, long seed = 0)
        : base(seed, salt: 0x38495AB5)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(transforms & ~AdaptiveTransforms.All, AdaptiveTransforms.None, nameof(transforms));
        _schedule = p.Require("The probability of a transform", most: 1);
        Transforms = transforms;
    }

    /// <summary>What is applied.</summary>
    public AdaptiveTransforms Transforms { get; }

    /// <summary>The probability now: the controller's, or the schedule's in the last step.</summary>
    public double P => _controller?.P ?? _scheduled;

    /// <summary>The controller's last r_t, in [-1, 1]; null before it has one, and without a controller.</summary>
    public double? Signs => _controller?.Signs;

    /// <inheritdoc/>
    public bool NeedsImages => true;

    /// <inheritdoc/>
    public string? Refuses(IAdversarialLoss loss)
    {
        return _controller is null || loss.Logits is LogitKind.LogOdds or LogitKind.Margin
            ? null
            : $"ADA's controller reads from a logit's sign whether D calls a sample real, and under {loss.GetType().Name} the sign does " +
                $"not say that: give AdaptiveAugmentation a fixed or scheduled p, or use a cross-entropy or the hinge loss.";
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples are not images, or colours of other than 1 or 3 channels are asked for.</exception>
    public Tensor Apply(Tensor samples, long step)
    {
        ImageBatch.Require(samples, nameof(AdaptiveAugmentation), 2);
        if ((Transforms & AdaptiveTransforms.Color) != 0 && samples.shape[1] is not (1 or 3))
        {
            throw new ArgumentException($"ADA's colour transforms need images of 1 or 3 channels, not {samples.shape[1]}: leave " +
                $"AdaptiveTransforms.Color out.", nameof(samples));
        }

        _images = samples.shape[0];
        _scheduled = _schedule.At(step);
        if (P == 0 || Transforms == AdaptiveTransforms.None)
        {
            return samples;
        }

        using var scope = NewDisposeScope();
        var draw = new AdaptiveDraw(_images, Transforms, P, Random);
        var maps = Enumerable.Range(0, (int)_images).Select(_ => draw.Next(samples.shape[3], samples.shape[2])).ToList();
        var x = maps.All(m => m.Geometry == PlaneMap.Identity) ? samples : Move(samples, maps);
        x = maps.All(m => m.Color == ColorMap.Identity) ? x : Paint(x, maps);
        x = (Transforms & ~AdaptiveTransforms.PaperChoice) == 0 ? x : AdaptiveImageSpace.Apply(x, Transforms, P, Random);
        return ReferenceEquals(x, samples) ? samples : x.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Observe(Tensor realLogits) => _controller?.Observe(realLogits, _images);

    /// <inheritdoc/>
    public void Share(ProcessGroup group) => _controller?.Share(group);

    /// <inheritdoc/>
    public override void Save(StateStore state)
    {
        base.Save(state);
        _controller?.Save(state.Under("controller"));
    }

    /// <inheritdoc/>
    public override void Load(StateStore state)
    {
        base.Load(state);
        _controller?.Load(state.Under("controller"));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _controller?.Dispose();
        base.Dispose();
    }

    private static Tensor Move(Tensor x, List<(PlaneMap Geometry, ColorMap)> maps) =>
        PixelLookup.Affine(x, OnDevice(x, [.. maps.SelectMany(m => m.Geometry.Matrix())], 2, 3));

    private static Tensor Paint(Tensor x, List<(PlaneMap, ColorMap Color)> maps)
    {
        var offset = OnDevice(x, [.. maps.Select(m => m.Color.Offset)], 1, 1);
        return x.shape[1] == 1
            ? (x * OnDevice(x, [.. maps.Select(m => m.Color.GreyGain)], 1, 1, 1)) + offset.unsqueeze(1)
            // (B, 3, 3) times (B, 3, H W)
            : (OnDevice(x, [.. maps.SelectMany(m => m.Color.Matrix())], 3, 3).matmul(x.flatten(2)) + offset).reshape(x.shape);
    }

    private static Tensor OnDevice(Tensor x, double[] numbers, params long[] shape) =>
        tensor(numbers).reshape([x.shape[0], .. shape]).to(x.dtype, x.device);
}

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

    /// <summary>Turned by any angle, before and after the stretch, each with probability 1 - sqrt(1 - p).</summary>
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

    /// <summary>Each of four bands of frequencies, an octave apart, times 2^N(0, 1), each with probability p; the power to expect of a
    /// natural image stays.</summary>
    Filter = 1 << 12,

    /// <summary>N(0, s^2) added to every value independently, with s = |N(0, 0.1^2)| drawn once an image.</summary>
    Noise = 1 << 13,

    /// <summary>A rectangle of half the height and half the width, around any place of the image, set to 0, which is grey.</summary>
    Cutout = 1 << 14,

    /// <summary>Those that only move pixels: flip, quarter turns, whole shifts.</summary>
    Blit = Flip | QuarterTurn | WholeShift,

    /// <summary>Those that look between pixels: scale, turn, stretch, shift.</summary>
    Geometric = Scale | Turn | Stretch | Shift,

    /// <summary>Those of colour: brightness, contrast, luma flip, hue, saturation. They need images of 1 or 3 channels.</summary>
    Color = Brightness | Contrast | LumaFlip | Hue | Saturation,

    /// <summary>Those that hide or spoil a part of an image: noise, cutout.</summary>
    Corruption = Noise | Cutout,

    /// <summary>What the paper uses ("bgc"): all but filters and corruptions, which it found of little use.</summary>
    PaperChoice = Blit | Geometric | Color,

    /// <summary>All that the paper tried ("bgcfnc"), filters and corruptions too.</summary>
    All = PaperChoice | Filter | Corruption,
}
