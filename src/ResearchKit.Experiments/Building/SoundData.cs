using ResearchKit.Data.Catalog;
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

/// <summary>Sounds that are read from WAV files: some may be held out.</summary>
internal abstract class SoundFileData(string name, string purpose) : SoundData(name, purpose)
{
    /// <summary>Reads all of them.</summary>
    protected abstract SoundSet Read(string data, SampleShape shape, Action<int, int>? progress);

    /// <summary>Sounds that come apart from those that are trained on; null for none.</summary>
    protected virtual SoundSet? Apart(string data, SampleShape shape) => null;

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var shape = Shape(options);
        using var scope = NewDisposeScope();
        using var all = Read(options.Data, shape, progress);
        var (training, heldOut) = Parted(options, all.Name, all.Count, "sounds");
        var samples = (int)training.shape[0];
        var apart = heldOut is null ? Apart(options.Data, shape) : null;
        var held = heldOut is null ? apart?.Count ?? 0 : options.HeldOut!.Value;
        var summary = new DataSummary(samples, held, all.Count - samples - (heldOut is null ? 0 : held), shape, all.Fingerprint())
        {
            LeftOut = all.LeftOut,
            SizeRule = $"the first samples of each file, silence after a short one; {SoundFile.ResamplingRule}",
        };
        return Loaded(options, all.Select(training), heldOut is null ? apart : all.Select(heldOut), summary, seed,
            device);
    }
}

/// <summary>A folder of WAV files.</summary>
internal sealed class SoundFolderData() : SoundFileData("SOUNDS", "your own sounds: a folder of WAV files, and of folders of them, " +
    "without images")
{
    internal override bool Has(string data) => SoundSet.Exists(data);

    protected override SoundSet Read(string data, SampleShape shape, Action<int, int>? progress) =>
        SoundSet.Read(data, shape.Size, shape.Rate, progress);
}

/// <summary>A part of a set of sounds of the data catalog; a folder of that name goes first.</summary>
internal sealed class CatalogSoundData() : SoundFileData("SOUNDS:PART", "sounds of a catalog set, as drums:train or spoken-digits:train; " +
    "drums alone is its part train, drums:train:kick one class")
{
    internal override bool Has(string data) => !Directory.Exists(data)
        && DataCatalog.Find().Sets.Any(s => s.Format == CatalogFormat.Wav && s.Name == Parse(data).Set);

    protected override SoundSet Read(string data, SampleShape shape, Action<int, int>? progress)
    {
        var (set, part) = Parse(data);
        return DataCatalog.Find().LoadSounds(set, part, shape.Size, shape.Rate, progress);
    }

    protected override SoundSet? Apart(string data, SampleShape shape)
    {
        var (name, part) = Parse(data);
        if (part.Split(':')[0] != "train" || !DataCatalog.Find()[name].Splits.ContainsKey("test"))
        {
            return null;
        }

        return Read($"{name}:test{part["train".Length..]}", shape, null);
    }

    private static (string Set, string Part) Parse(string data) =>
        data.Split(':', 2) is [var set, var part] ? (set, part) : (data, "train");
}
