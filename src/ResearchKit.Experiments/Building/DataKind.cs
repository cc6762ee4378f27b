using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Data.Sounds;
using ResearchKit.Data.Text;
using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;
using ResearchKit.Registers;

namespace ResearchKit.Experiments.Building;

/// <summary>A kind of data that the option <c>data</c> names.</summary>
public abstract class DataKind(string name, string purpose) : INamed
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>What it is.</summary>
    public string Purpose => purpose;

    /// <summary>Whether a name is of this kind.</summary>
    internal virtual bool Has(string data) => data == name;

    /// <summary>What its samples are.</summary>
    internal virtual SampleKind Kind => SampleKind.Images;

    /// <summary>What a sample is; of images and lines what the options say before they are read.</summary>
    internal abstract SampleShape Shape(DataOptions options);

    /// <summary>Checks what needs no file.</summary>
    /// <exception cref="ArgumentException">The options do not fit the data; says why.</exception>
    internal virtual void Check(DataOptions options)
    {
        if (options.Scale != 1 && Points(options) is not GaussianMixture)
        {
            throw new ArgumentException($"The option scale is for mixtures of Gaussians, and {options.Data} is none; leave it at 1.");
        }

        if (Special.FirstOrDefault(o => !o.Fits(this) && o.IsSet(options)) is { Name: { } ignored } option)
        {
            throw new ArgumentException($"The option {ignored} is for {option.Words}, and {options.Data} is none; leave it away.");
        }
    }

    /// <summary>Whether they are images that are trained on as they are.</summary>
    internal virtual bool HasImages => false;

    /// <summary>Whether they are images or frames that are read from files of a folder.</summary>
    internal virtual bool HasFrames => false;

    /// <summary>Images, sounds or clips that scores look at, at most.</summary>
    protected const int MostScored = 2000;

    /// <summary>How many of a set are trained on, beside those that are held out.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="what">What they are: "images".</param>
    /// <exception cref="ArgumentException">The set has too few.</exception>
    protected static long SamplesOf(DataOptions options, string name, long count, string what)
    {
        var heldOut = options.HeldOut ?? 0;
        var samples = options.Samples ?? (count - heldOut);
        return samples >= 1 && samples + heldOut <= count
            ? samples
            : throw new ArgumentException($"The option samples asks for {(options.Samples is { } n ? $"{n}" : "all")} {what} and heldOut " +
                $"for {heldOut}, but {name} has {count}: take fewer.");
    }

    /// <summary>Checks that a batch is not larger than the set.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    protected static void RequireBatch(DataOptions options, string name, long samples, string what)
    {
        if (options.Batch > samples)
        {
            throw new ArgumentException($"The option batch is {options.Batch}, but {name} has {samples} {what} to train on: set batch " +
                $"to {samples} or less.");
        }
    }

    /// <summary>Which of a folder's sounds or clips are trained on, and which are held out for scores.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="what">What they are: "sounds".</param>
    /// <returns>Numbers in the set, int64, shapes (samples) and (at most <see cref="MostScored"/>); the second null where none are held
    /// out. The same for runs of any seed: they compare. They live in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The set has too few.</exception>
    protected static (Tensor Training, Tensor? HeldOut) Parted(DataOptions options, string name, long count, string what)
    {
        var samples = SamplesOf(options, name, count, what);
        RequireBatch(options, name, samples, what);
        using var random = new Generator(0UL);
        var order = randperm(count, generator: random); // (N)
        return (order.narrow(0, 0, samples).sort(0).Values,
            options.HeldOut is { } held ? order.narrow(0, samples, Math.Min(held, MostScored)) : null);
    }

    /// <summary>Which of the samples that are trained on are scored: of drawn ones the first, of a folder's, which may stand in the order
    /// of their classes, some that chance has picked.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="read">What was read of a folder; null for drawn samples.</param>
    /// <returns>int64, at most <see cref="MostScored"/>, in the caller's dispose scope; the same for runs of any seed.</returns>
    protected static Tensor Scored(long count, DataSummary? read)
    {
        using var random = new Generator(0UL);
        var order = read is null ? arange(count) : randperm(count, generator: random); // (N)
        return order.narrow(0, 0, Math.Min(count, MostScored));
    }

    private const string ForImages = "sets of images";
    private const string ForSets = "sets of images, sounds, clips or lines";

    // Options that would be ignored for other data.
    private static readonly (string Name, string Words, Func<DataKind, bool> Fits, Func<DataOptions, bool> IsSet)[] Special =
    [
        ("imageSize", ForSets, k => k.HasImages || IsOther(k), o => o.ImageSize is not null),
        ("heldOut", ForSets, k => k.HasImages || IsOther(k), o => o.HeldOut is not null),
        ("rate", "sounds", k => k.Kind == SampleKind.Sounds, o => o.Rate is not null),
        ("frames", "clips", k => k.Kind == SampleKind.Clips, o => o.Frames is not null),
        ("frameStep", "folders of clips", k => k.HasFrames, o => o.FrameStep != 1),
        ("channels", ForImages, k => k.HasImages || k.HasFrames, o => o.Channels is not null),
        ("fit", ForImages, k => k.HasImages || k.HasFrames, o => o.Fit != ImageFit.Crop),
        ("mirror", ForImages, k => k.HasImages, o => o.Mirror),
        ("cropFrom", ForImages, k => k.HasImages, o => o.CropFrom is not null),
        ("alpha", ForImages, k => k.HasImages || k.HasFrames, o => o.Alpha != AlphaHandling.OnWhite),
        ("orientation", ForImages, k => k.HasImages || k.HasFrames, o => o.Orientation != ImageOrientation.Stored),
    ];

    private static bool IsOther(DataKind kind) => kind.Kind is SampleKind.Sounds or SampleKind.Lines or SampleKind.Clips;

    /// <summary>Loads them. The caller disposes the result.</summary>
    internal abstract LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress);

    /// <summary>The distribution of points, in the options' scale; null for images.</summary>
    internal virtual ToyDistribution? Points(DataOptions options) => null;

    /// <summary>How many modes they have; null where that is not known.</summary>
    internal virtual int? Modes(DataOptions options) => null;

    /// <summary>Whether the data come with a part for tests.</summary>
    internal virtual bool HasTest(string data) => false;

    /// <summary>Whether image i of the part for tests is the partner of image i of that of other data.</summary>
    internal virtual bool HasPartners(string data, string other) => false;

    /// <summary>The part for tests, brought to the options' size. The caller disposes it.</summary>
    internal virtual ImageSet Test(DataOptions options) => throw new NotSupportedException($"{options.Data} has no part for tests.");
}

/// <summary>Data on their device, and for scores the images of them on the CPU.</summary>
internal sealed class LoadedData(SampleShape shape, IBatchSource batches, params IReadOnlyList<IDisposable?> owned) : IDisposable
{
    public SampleShape Shape => shape;

    public IBatchSource Batches => batches;

    /// <summary>What was read; null for what is no set of images.</summary>
    public DataSummary? Summary { get; init; }

    /// <summary>The first images that are trained on, to score with; null for points and for stacked digits.</summary>
    public ImageSet? Training { get; init; }

    /// <summary>The first images that are held out; null where the options hold out none.</summary>
    public ImageSet? HeldOut { get; init; }

    /// <summary>The first sounds that are trained on, to score with; null for other data.</summary>
    public SoundSet? TrainingSounds { get; init; }

    /// <summary>Sounds that are not trained on; null where there are none.</summary>
    public SoundSet? HeldOutSounds { get; init; }

    /// <summary>Lines, to score with; null for other data.</summary>
    public LoadedText? Text { get; init; }

    /// <summary>The first clips that are trained on, to score with; null for other data.</summary>
    public ClipSet? TrainingClips { get; init; }

    /// <summary>Clips that are not trained on; null where there are none.</summary>
    public ClipSet? HeldOutClips { get; init; }

    public void Dispose()
    {
        foreach (var item in (IDisposable?[])[.. owned, Training, HeldOut, TrainingSounds, HeldOutSounds, TrainingClips, HeldOutClips])
        {
            item?.Dispose();
        }
    }
}

/// <summary>Lines that are trained on and those that are not, both in an order that chance has picked.</summary>
/// <param name="Training">The former.</param>
/// <param name="HeldOut">Those that are kept for scores; null for none.</param>
/// <param name="Whole">All of the set, those that the options leave away too.</param>
internal sealed record LoadedText(TextSet Training, TextSet? HeldOut, TextSet Whole);

/// <summary>What was read of a set of images, sounds, clips or lines.</summary>
/// <param name="Images">Images, sounds, clips or lines that are trained on.</param>
/// <param name="HeldOut">Those that are kept out of the training.</param>
/// <param name="Unused">Those of the set that the options leave away.</param>
/// <param name="Shape">What they were brought to, with the classes of the whole set.</param>
/// <param name="Sha256">The fingerprint of the whole set (<see cref="ImageSet.Fingerprint"/>).</param>
public sealed record DataSummary(long Images, long HeldOut, long Unused, SampleShape Shape, string Sha256)
{
    /// <summary>What is left out, in a line each: an image that cannot be read, files of another kind, images in other places.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>What a user should know of how images of a folder were read, in a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How images of a folder become square, sounds of one length and rate, or clips or lines of one length, in words; null for
    /// other sets, which are so.</summary>
    public string? SizeRule { get; init; }

    /// <summary>Whether images are decoded again whenever they are needed.</summary>
    public bool IsDecodedAhead { get; init; }

    /// <summary>Images, sounds, clips or lines in the whole set.</summary>
    public long Count => Images + HeldOut + Unused;
}
