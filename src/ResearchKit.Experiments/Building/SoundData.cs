using ResearchKit.Data.Sounds;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Sounds of one channel.</summary>
internal abstract class SoundData(string name, string purpose) : DataKind(name, purpose)
{
    private const int DefaultLength = 4096;

    internal override SampleKind Kind => SampleKind.Sounds;

    internal override SampleShape Shape(DataOptions options)
    {
        var shape = new SampleShape(SampleKind.Sounds, options.ImageSize ?? DefaultLength, 1);
        return options.Rate is { } rate ? shape with { Rate = rate } : shape;
    }

    /// <summary>Batches of a set, which becomes the result's.</summary>
    protected static LoadedData Loaded(DataOptions options, SoundSet training, SoundSet? heldOut, DataSummary? summary, long seed,
        Device device)
    {
        using var scope = NewDisposeScope();
        var scored = training.Select(Scored(training.Count, summary));
        var moved = device.type == DeviceType.CPU ? training : new SoundSet(training.Name, training.Sounds.to(device), training.Rate);
        if (moved != training)
        {
            training.Dispose();
        }

        var batches = new SoundBatches(moved, options.Batch, seed);
        return new LoadedData(new SampleShape(SampleKind.Sounds, moved.Length, 1) { Rate = moved.Rate }, batches, batches, moved)
        {
            TrainingSounds = scored, HeldOutSounds = heldOut, Summary = summary,
        };
    }
}

/// <summary>Plucked notes that the kit makes.</summary>
internal sealed class NoteData() : SoundData("notes", "plucked notes made by the kit, whose pitch and decay are known")
{
    private const int Drawn = 10_000;
    private const int Held = 1000;
    private const long HeldOutSeed = 2_000_003; // no run's own seed

    internal override int? Modes(DataOptions options) => PluckedNotes.Pitches.Count;

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (options.Rate < 10_000)
        {
            throw new ArgumentException($"The option rate is {options.Rate}, and the overtones of notes need 10000 or more.");
        }
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var shape = Shape(options);
        return Loaded(options, Draw(options.Samples ?? Drawn, seed), Draw(options.HeldOut ?? Held, HeldOutSeed), null, seed, device);

        SoundSet Draw(int count, long from)
        {
            var (set, notes, decays) = PluckedNotes.Draw(count, shape.Size, shape.Rate, from);
            notes.Dispose();
            decays.Dispose();
            return set;
        }
    }
}

/// <summary>A folder of WAV files.</summary>
internal sealed class SoundFolderData() : SoundData("SOUNDS", "your own sounds: a folder of WAV files, and of folders of them, without " +
    "images")
{
    internal override bool Has(string data) => SoundSet.Exists(data);

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var shape = Shape(options);
        using var scope = NewDisposeScope();
        using var all = SoundSet.Read(options.Data, shape.Size, shape.Rate, progress);
        var (training, heldOut) = Parted(options, all.Name, all.Count, "sounds");
        var (samples, held) = ((int)training.shape[0], options.HeldOut ?? 0);
        var summary = new DataSummary(samples, held, all.Count - samples - held, shape, all.Fingerprint())
        {
            LeftOut = all.LeftOut,
            SizeRule = $"the first samples of each file, silence after a short one; {SoundFile.ResamplingRule}",
        };
        return Loaded(options, all.Select(training), heldOut is null ? null : all.Select(heldOut), summary, seed, device);
    }
}
