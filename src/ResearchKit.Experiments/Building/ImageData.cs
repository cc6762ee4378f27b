using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Images that are trained on as they are: some may be held out.</summary>
internal abstract class ImageData(string name, string purpose) : DataKind(name, purpose)
{
    /// <summary>Images that scores look at, at most.</summary>
    protected const int MostScored = 2000;

    internal override bool HasImages => true;

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (options.Channels == 2)
        {
            throw new ArgumentException("The option channels is 2; it must be 1 or 3, or none.");
        }
    }

    /// <summary>Which images are trained on and which are held out, in an order of which first and last ones may be taken.</summary>
    /// <exception cref="ArgumentException">The set has too few.</exception>
    protected static (long[] Training, long[] HeldOut) Split(DataOptions options, string name, long[] order)
    {
        var heldOut = options.HeldOut ?? 0;
        var samples = options.Samples ?? (order.Length - heldOut);
        if (samples < 1 || samples + heldOut > order.Length)
        {
            throw new ArgumentException($"The option samples asks for {(options.Samples is { } n ? $"{n}" : "all")} images and heldOut " +
                $"for {heldOut}, but {name} has {order.Length}: take fewer.");
        }

        var images = options.Mirror ? 2 * samples : samples;
        return options.Batch <= images
            ? (order[..samples], order[^heldOut..])
            : throw new ArgumentException($"The option batch is {options.Batch}, but {name} has {images} images to train on" +
                $"{(images == order.Length ? "" : $" (of {order.Length})")}: set batch to {images} or less.");
    }

    /// <summary>Batches of a set that is held in memory, which becomes the result's.</summary>
    protected static LoadedData InMemory(DataOptions options, ImageSet all, long[] order, long seed, Device device, DataSummary summary)
    {
        var (training, heldOut) = Split(options, all.Name, order);
        using var scope = NewDisposeScope(); // indices
        var (scored, held) = (Some(training), heldOut.Length == 0 ? null : Some(heldOut));
        var whole = training.Length == all.Count ? all : all.Select(tensor((long[])[.. training.Order()]));
        var images = device.type == DeviceType.CPU ? whole : whole.To(device);
        foreach (var left in new[] { all, whole }.Distinct().Where(set => set != images))
        {
            left.Dispose();
        }

        var batches = new ImageBatches(images, options.Batch, seed, options.Mirror);
        return new LoadedData(summary.Shape, batches, batches, images) { Training = scored, HeldOut = held, Summary = summary };

        ImageSet Some(long[] indices) => all.Select(tensor(indices[..Math.Min(MostScored, indices.Length)]));
    }

    protected static DataSummary Summarize(DataOptions options, long count, SampleShape shape, string sha256)
    {
        var heldOut = options.HeldOut ?? 0;
        var images = options.Samples ?? (count - heldOut);
        return new DataSummary(images, heldOut, count - images - heldOut, shape, sha256);
    }
}

/// <summary>A part of a set of the data catalog; a folder of that name goes first.</summary>
internal sealed class CatalogData() : ImageData("SET:PART", "images of a catalog set (researchkit data list), as " +
    "fashion-mnist-small:train; SET alone is its part train")
{
    internal override bool Has(string data) => !Directory.Exists(data)
        && (data.Split(':').Length == 2 || DataCatalog.Find().Sets.Any(s => s.Name == data));

    internal override bool HasTest(string data) =>
        DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == Parse(data).Set)?.Splits.ContainsKey("test") == true;

    internal override ImageSet Test(DataOptions options) => Read(options, Parse(options.Data).Set, "test");

    internal override SampleShape Shape(DataOptions options)
    {
        var set = DataCatalog.Find()[Parse(options.Data).Set];
        return new(SampleKind.Images, options.ImageSize ?? set.Size, options.Channels ?? set.Channels,
            set.Classes.Count == 0 ? null : new SampleClasses(set.Classes, [.. set.Classes.Select(_ => 1L)]));
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var (set, part) = Parse(options.Data);
        var all = Read(options, set, part);
        var shape = new SampleShape(SampleKind.Images, all.Height, all.Channels, all.Classes);
        return InMemory(options, all, [.. Enumerable.Range(0, (int)all.Count).Select(i => (long)i)], seed, device,
            Summarize(options, all.Count, shape, all.Fingerprint()));
    }

    private static (string Set, string Part) Parse(string data) => data.Split(':') is [var set, var part] ? (set, part) : (data, "train");

    private static ImageSet Read(DataOptions options, string name, string part)
    {
        var set = DataCatalog.Find().LoadImages(name, part);
        set = options.ImageSize is { } size && size != set.Height ? Replace(set, set.ResizeTo(size)) : set;
        return options.Channels is { } channels && channels != set.Channels ? Replace(set, set.ToChannels(channels)) : set;

        static ImageSet Replace(ImageSet old, ImageSet changed)
        {
            old.Dispose();
            return changed;
        }
    }
}

/// <summary>A folder of images.</summary>
internal sealed class FolderData() : ImageData("FOLDER", "your own images; where a folder holds none itself, each sub-folder is a class")
{
    private const int Megabyte = 1 << 20;

    internal override bool Has(string data) => true; // what is no folder is refused when it is read

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (!Path.Exists(options.Data))
        {
            throw new ArgumentException($"There are no data '{options.Data}': there is no such folder here, the catalog has no such set " +
                $"(it has {string.Join(", ", DataCatalog.Find().Sets.Select(s => s.Name))}), and no points have this name.");
        }
    }

    internal override SampleShape Shape(DataOptions options)
    {
        var (_, _, classes) = ImageFolder.List(options.Data);
        return new(SampleKind.Images, options.ImageSize ?? 32, options.Channels ?? 3,
            classes.Count == 0 ? null : new SampleClasses(classes, [.. classes.Select(_ => 1L)]));
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var broken = new List<string>();
        var how = new ImageFolderOptions
        {
            Size = options.ImageSize ?? 32, Channels = options.Channels ?? 3, Fit = options.Fit,
            OnBroken = e => broken.Add(e.Message), Progress = progress,
        };
        var read = ImageFolder.Open(options.Data, how, (long)options.Memory * Megabyte);
        var shape = new SampleShape(SampleKind.Images, how.Size!.Value, how.Channels,
            read.Labels is { } labels ? SampleClasses.Of(labels, read.ClassNames) : null);
        var summary = Summarize(options, read.Paths.Count, shape, read.Sha256) with
        {
            LeftOut = [.. broken, .. read.Others], IsDecodedAhead = read.Set is null, SizeRule = Rule(options.Fit, how.Size.Value),
        };
        var order = SampleClasses.FairOrder(read.Labels, read.Paths.Count, seed: 0); // the same for runs of any seed: they compare
        if (read.Set is { } set)
        {
            return InMemory(options, set, order, seed, device, summary);
        }

        var (training, heldOut) = Split(options, read.Name, order);
        var batches = new FileBatches(read, [.. training.Order()], how, options.Batch, seed, options.Mirror, device);
        return new LoadedData(shape, batches, batches)
        {
            Training = Scored(training), HeldOut = heldOut.Length == 0 ? null : Scored(heldOut), Summary = summary,
        };

        ImageSet Scored(long[] picked) => read.Select([.. picked.Take(MostScored)], how);
    }

    private static string Rule(ImageFit fit, int size) => fit switch
    {
        ImageFit.Crop => $"the middle square, scaled to {size} x {size} (fit=crop)",
        ImageFit.Squeeze => $"squeezed to {size} x {size} (fit=squeeze)",
        ImageFit.Pad => $"scaled to fit {size} x {size}, the rest black (fit=pad)",
        _ => $"the middle {size} x {size} pixels, not scaled (fit=cropOnly)",
    };
}
