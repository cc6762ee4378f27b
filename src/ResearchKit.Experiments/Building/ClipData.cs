using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Clips of square frames.</summary>
internal abstract class ClipData(string name, string purpose) : DataKind(name, purpose)
{
    private const int DefaultSize = 32;

    internal override SampleKind Kind => SampleKind.Clips;

    internal override SampleShape Shape(DataOptions options)
    {
        var shape = new SampleShape(SampleKind.Clips, options.ImageSize ?? DefaultSize, HasFrames ? options.Channels ?? 3 : 1);
        return options.Frames is { } frames ? shape with { Frames = frames } : shape;
    }

    /// <summary>Batches of a set, which becomes the result's.</summary>
    protected LoadedData Loaded(DataOptions options, ClipSet training, ClipSet? heldOut, DataSummary? summary, long seed, Device device)
    {
        using var scope = NewDisposeScope();
        var scored = training.Select(Scored(training.Count, summary));
        var moved = device.type == DeviceType.CPU ? training : new ClipSet(training.Name, training.Clips.to(device));
        if (moved != training)
        {
            training.Dispose();
        }

        var batches = new ClipBatches(moved, options.Batch, seed);
        return new LoadedData(Shape(options), batches, batches, moved)
        {
            TrainingClips = scored, HeldOutClips = heldOut, Summary = summary,
        };
    }
}

/// <summary>Shapes that the kit draws and moves.</summary>
internal sealed class ShapeData() : ClipData("moving-shapes", "clips of one shape that moves and bounces, drawn by the kit, so that what " +
    "it is and where is known")
{
    private const int Drawn = 4000;
    private const int Held = 1000;
    private const int Smallest = 16;
    private const long HeldOutSeed = 2_000_003; // no run's own seed

    internal override int? Modes(DataOptions options) => MovingShapes.Shapes.Count * MovingShapes.Directions;

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (options.ImageSize < Smallest)
        {
            throw new ArgumentException($"The option imageSize is {options.ImageSize}, and shapes need {Smallest} pixels or more to be " +
                "told apart.");
        }
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var shape = Shape(options);
        var samples = options.Samples ?? Drawn;
        RequireBatch(options, options.Data, samples, "clips");
        return Loaded(options, Draw(samples, seed), Draw(options.HeldOut ?? Held, HeldOutSeed), null, seed, device);

        ClipSet Draw(int count, long from)
        {
            var (set, tracks) = MovingShapes.Draw(count, shape.Frames, shape.Size, from);
            tracks.Dispose();
            return set;
        }
    }
}

/// <summary>A folder of clips.</summary>
internal sealed class ClipFolderData() : ClipData(PresetCatalog.OwnClips, "your own clips: each GIF in the folder or below is one, " +
    "and the images of each folder below are the frames of one")
{
    internal override bool HasFrames => true;

    internal override bool Has(string data) => data.EndsWith(ClipFolder.Suffix, StringComparison.Ordinal);

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (options.Channels == 2)
        {
            throw new ArgumentException("The option channels is 2; it must be 1 or 3, or none.");
        }
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var shape = Shape(options);
        using var scope = NewDisposeScope();
        using var all = ClipFolder.Read(options.Data, shape.Frames, new ImageFolderOptions
        {
            Size = shape.Size, Channels = shape.Channels, Fit = options.Fit, Alpha = options.Alpha, Orientation = options.Orientation,
        }, options.FrameStep, progress);
        var (training, heldOut) = Parted(options, all.Name, all.Count, "clips");
        var (samples, held) = ((int)training.shape[0], options.HeldOut ?? 0);
        var summary = new DataSummary(samples, held, all.Count - samples - held, shape, all.Fingerprint())
        {
            LeftOut = all.LeftOut,
            SizeRule = $"the first {shape.Frames} frames of each clip" +
                $"{(options.FrameStep == 1 ? "" : $", of every {options.FrameStep} one (frameStep)")}; of each frame " +
                ImageData.Rule(options.Fit, shape.Size),
        };
        return Loaded(options, all.Select(training), heldOut is null ? null : all.Select(heldOut), summary, seed, device);
    }
}
