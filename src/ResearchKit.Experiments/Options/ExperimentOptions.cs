using System.Collections.ObjectModel;
using System.ComponentModel.DataAnnotations;
using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Registers;
using ResearchKit.Schedules;
using ResearchKit.Training.Augmentation;
using ResearchKit.Training.Translation;

namespace ResearchKit.Experiments.Options;

/// <summary>Everything that decides a run, as plain values: what a preset holds, what <c>--set name=value</c> changes, and what a run
/// folder keeps. The defaults are a DCGAN on small clothes.</summary>
/// <remarks>An option is known by its property's name, without the group's: <c>r1</c>, <c>averageDecay</c>
/// (<see cref="ExperimentOption.All"/>). The penalties' dictionary compares by reference, so compare options with
/// <see cref="ExperimentJson.Differences"/>.</remarks>
/// <example><code>ExperimentOptions options = new ExperimentOptions().With("data=ring8", "normalization=None", "r1=0.1");</code></example>
public sealed record ExperimentOptions
{
    /// <summary>What is learned.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>G and D.</summary>
    public NetworkOptions Networks { get; init; } = new();

    /// <summary>Loss, penalties and augmentations.</summary>
    public GameOptions Game { get; init; } = new();

    /// <summary>What a training from image to image adds to the adversarial loss.</summary>
    public TranslationOptions Translation { get; init; } = new();

    /// <summary>Optimizers, averages and the seed. Threads are fixed here, because the last digits of results depend on them.</summary>
    public TrainerOptions Trainer { get; init; } = new() { Threads = 1 };

    /// <summary>How long and where it runs, and what it writes.</summary>
    public RunOptions Run { get; init; } = new();

    /// <summary>What is measured.</summary>
    public ScoringOptions Scoring { get; init; } = new();

    /// <summary>Checks every value by itself. What must go together is checked where it is built.</summary>
    /// <exception cref="ArgumentException">A value is out of its range or no name that there is; names the option and what it takes.
    /// </exception>
    public void Validate()
    {
        foreach (var group in (object[])[Data, Networks, Game, Translation, Trainer, Run, Scoring])
        {
            OptionRanges.Check(group);
        }

        AdversarialLosses.All.Find(Game.Loss);
        foreach (var penalty in Game.Penalties.Keys)
        {
            PenaltyEntry.All.Find(penalty);
        }

        if (Game.Augment is { } augment)
        {
            Augmentations.All.Find(augment);
        }
    }
}

/// <summary>The options of an experiment that say what is learned.</summary>
public sealed record DataOptions
{
    /// <summary>What is learned: points by name, stacked digits, notes, words, an oracle's lines, moving shapes, a part of a catalog set, a
    /// folder of images, of sounds or of clips, or a text file.</summary>
    public string Data { get; init; } = "fashion-mnist-small:train";

    /// <summary>The images of the other domain, for a training from image to image: what goes in is <see cref="Data"/>. For pix2pix image i
    /// of one is the partner of image i of the other.</summary>
    public string? DataB { get; init; }

    /// <summary>Takes only so many; null for all images, sounds, clips and lines, 100,000 points, 10,000 notes or lines of the oracle,
    /// 4,000 moving shapes or 128,000 triples of digits. Of a catalog set of images these are the first ones, of a folder, sounds or lines
    /// some that chance has picked, of images fairly to their classes.</summary>
    [Range(1, int.MaxValue)]
    public int? Samples { get; init; }

    /// <summary>Keeps so many images, sounds, clips or lines out of the training, to score with: of a catalog set of images the last
    /// ones (its test part serves anyway), of sounds, a folder or a text file some that chance has picked, fairly to its classes (of a
    /// catalog's sounds the test part for null); of notes, moving shapes and the oracle's lines it makes so many more, 1,000 and of lines
    /// 2,000 for null; of words it takes so many of those that are held out anyway, all for null.</summary>
    [Range(1, int.MaxValue)]
    public int? HeldOut { get; init; }

    /// <summary>Side in pixels that images and frames are brought to, the samples of a sound, or the characters of a line; null for the
    /// set's own, for a folder and moving shapes 32 pixels, for sounds 4,096 samples, 20 for the oracle's lines, for a text file the
    /// longest line up to 32, rounded up to a multiple of 4. Longer lines are left out.</summary>
    [Range(1, 65536)]
    public int? ImageSize { get; init; }

    /// <summary>Samples a second that sounds are brought to; null for 16,000.</summary>
    [Range(1000, 192000)]
    public int? Rate { get; init; }

    /// <summary>Frames of a clip: the first ones of a longer clip; shorter ones are left out. Null for 16.</summary>
    [Range(2, 1024)]
    public int? Frames { get; init; }

    /// <summary>Takes every so many-th frame of a folder's clips, 4 by the authors of MoCoGAN, so that more happens in a clip.</summary>
    [Range(1, 1024)]
    public int FrameStep { get; init; } = 1;

    /// <summary>Channels that images are brought to: 3, or 1 for grey; null for the set's own, and 3 for a folder.</summary>
    [Range(1, 3)]
    public int? Channels { get; init; }

    /// <summary>How images of a folder that are not square become so: their middle is cut out (Crop), they are filled up with black (Pad),
    /// squeezed (Squeeze), or the middle is cut out unscaled (CropOnly).</summary>
    public ImageFit Fit { get; init; } = ImageFit.Crop;

    /// <summary>What becomes of transparent parts of a folder's images: they are laid on white (OnWhite), or their stored colours are taken
    /// (Drop).</summary>
    public AlphaHandling Alpha { get; init; } = AlphaHandling.OnWhite;

    /// <summary>Whether a folder's images are read as they are stored (Stored), or turned as their EXIF data say (Exif).</summary>
    public ImageOrientation Orientation { get; init; } = ImageOrientation.Stored;

    /// <summary>Whether each image is also given mirrored, left for right; an epoch is then twice as long.</summary>
    public bool Mirror { get; init; }

    /// <summary>Side in pixels that images are brought to first, of which a square of imageSize is then cut out where chance has it, each
    /// time another: 286 for 256 in pix2pix and CycleGAN. Partners are cut alike; scores and grids show whole images. Null for none.
    /// </summary>
    [Range(1, 8192)]
    public int? CropFrom { get; init; }

    /// <summary>Megabytes of pixels up to which a folder's images are kept in memory; those of a larger one are decoded again whenever they
    /// are needed, ahead of the training and in parallel. It changes no result.</summary>
    [Range(0, int.MaxValue)]
    public int Memory { get; init; } = 512;

    /// <summary>What every coordinate of points is multiplied by. Scores are taken against the mixture multiplied alike, so shares and
    /// modes keep their meaning.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Scale { get; init; } = 1;

    /// <summary>Samples a batch.</summary>
    [Range(1, int.MaxValue)]
    public int Batch { get; init; } = 64;
}

/// <summary>The options of an experiment that say what is played.</summary>
public sealed record GameOptions
{
    /// <summary>The adversarial loss, by its name in <see cref="AdversarialLosses.All"/>.</summary>
    public string Loss { get; init; } = "non-saturating";

    /// <summary>Weights of the penalties on D and on G by their names in <see cref="PenaltyEntry.All"/>, each an option of its own
    /// (<c>r1</c>, <c>pathLength</c>).</summary>
    [Range(0, double.MaxValue)]
    public IReadOnlyDictionary<string, Schedule> Penalties { get; init => field = new Weights(value); } = new Weights([]);

    /// <summary>Steps from one R1 and R2 to the next: above 1 they are lazy.</summary>
    [Range(1, int.MaxValue)]
    public int PenaltyEvery { get; init; } = 1;

    /// <summary>Whether lazy R1 and R2 take optimizer steps of their own, as in StyleGAN2's code, in place of joining D's loss.</summary>
    public bool PenaltyOwnStep { get; init; }

    /// <summary>What samples go through before D, by its name in <see cref="Augmentations.All"/>.</summary>
    public string? Augment { get; init; }

    /// <summary>How probable an augmentation is that does not steer itself.</summary>
    [Range(0, 1)]
    public Schedule AugmentProbability { get; init; } = 1;

    /// <summary>Images in which ADA's p could go from 0 to 1.</summary>
    [Range(1, long.MaxValue)]
    public long AdaSpeed { get; init; } = 500_000;

    /// <summary>Standard deviation of instance noise on all that D sees.</summary>
    [Range(0, double.MaxValue)]
    public Schedule? Noise { get; init; }

    // Records are equal where their values are, and a dictionary is not compared by its content.
    private sealed class Weights(IEnumerable<KeyValuePair<string, Schedule>> all) : ReadOnlyDictionary<string, Schedule>(all.ToDictionary())
    {
        public override bool Equals(object? obj) =>
            obj is Weights other && other.Count == Count && this.All(w => other.TryGetValue(w.Key, out var weight) && weight == w.Value);

        public override int GetHashCode() => this.Aggregate(0, (hash, w) => hash ^ HashCode.Combine(w.Key, w.Value));
    }
}

/// <summary>The options of an experiment that say how long and where it runs, and what it writes.</summary>
public sealed record RunOptions
{
    /// <summary>Steps of G in the whole run.</summary>
    [Range(1, int.MaxValue)]
    public int Steps { get; init; } = 3000;

    /// <summary>Where it runs: <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>best</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Steps from one line of the log to the next.</summary>
    [Range(1, int.MaxValue)]
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps from one checkpoint to the next.</summary>
    [Range(1, int.MaxValue)]
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Steps from one grid of samples to the next; null for one at the end. The last step always has one.</summary>
    [Range(1, int.MaxValue)]
    public int? GridEvery { get; init; } = 500;
}

/// <summary>The options of an experiment that say what is measured.</summary>
public sealed record ScoringOptions
{
    /// <summary>The value of <see cref="Scores"/> and <see cref="Network"/> that chooses by the data.</summary>
    public const string Auto = "auto";

    /// <summary>What is measured: names of scores with commas between them, or what suits the data.</summary>
    public string Scores { get; init; } = Auto;

    /// <summary>Steps from one scoring to the next; none for one at the end. The last step is always scored.</summary>
    [Range(1, int.MaxValue)]
    public int? ScoreEvery { get; init; }

    /// <summary>Generated samples that are scored; none for 1,000 images or sounds, 500 clips, 2,000 lines, 10,000 points or 26,000
    /// stacked digits.</summary>
    [Range(10, int.MaxValue)]
    public int? ScoreSamples { get; init; }

    /// <summary>The feature network that images are scored with; auto for <c>digits-28</c> on digits, <c>fashion-28</c>
    /// on other grey images and <c>resnet18</c> on colours.</summary>
    public string Network { get; init; } = Auto;
}
