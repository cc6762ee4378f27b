using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Images that are trained on as they are: some may be held out.</summary>
internal abstract class ImageData(string name, string purpose) : DataKind(name, purpose)
{
    private const int MostPixels = 8192;

    internal override bool HasImages => true;

    internal override void Check(DataOptions options)
    {
        base.Check(options);
        if (options.ImageSize > MostPixels)
        {
            throw new ArgumentException($"The option imageSize is {options.ImageSize}; images have at most {MostPixels} pixels a side.");
        }

        if (options.Channels == 2)
        {
            throw new ArgumentException("The option channels is 2; it must be 1 or 3, or none.");
        }

        if (options.CropFrom is { } from && from < Shape(options).Size)
        {
            throw new ArgumentException($"The option cropFrom is {from}, and squares of {Shape(options).Size} pixels are cut " +
                "out of the images: give as many pixels or more, or a smaller imageSize (--size).");
        }
    }

    /// <summary>Which images of a set are trained on and which are held out: the first ones and the last ones of an order.</summary>
    /// <exception cref="ArgumentException">The set has too few.</exception>
    protected static (long[] Training, long[] HeldOut, DataSummary Summary) Split(DataOptions options, string name, long[] order,
        SampleShape shape, string sha256)
    {
        var heldOut = options.HeldOut ?? 0;
        var samples = (int)SamplesOf(options, name, order.Length, "images");
        var images = options.Mirror ? 2 * samples : samples;
        return options.Batch <= images
            ? (order[..samples], order[^heldOut..],
                new DataSummary(samples, heldOut, order.Length - samples - heldOut, shape, sha256))
            : throw new ArgumentException($"The option batch is {options.Batch}, but {name} has {images} images to train on" +
                $"{(images == order.Length ? "" : $" (of {order.Length})")}: set batch to {images} or less.");
    }

    /// <summary>Batches of a set that is held in memory, which becomes the result's.</summary>
    protected static LoadedData InMemory(DataOptions options, ImageSet all, (long[] Training, long[] HeldOut, DataSummary Summary) split,
        long seed, Device device)
    {
        var (training, heldOut, summary) = split;
        using var scope = NewDisposeScope(); // indices
        var (scored, held) = (Some(training), heldOut.Length == 0 ? null : Some(heldOut));
        var whole = training.Length == all.Count ? all : all.Select(tensor((long[])[.. training.Order()]));
        var images = device.type == DeviceType.CPU ? whole : whole.To(device);
        foreach (var left in new[] { all, whole }.Distinct().Where(set => set != images))
        {
            left.Dispose();
        }

        var batches = new ImageBatches(images, options.Batch, seed, options.Mirror);
        return new LoadedData(summary.Shape, Cropped(batches, options, summary.Shape.Size, seed), batches, images)
        {
            Training = scored, HeldOut = held, Summary = summary,
        };

        ImageSet Some(long[] indices) =>
            Whole(all.Select(tensor(indices[..Math.Min(MostScored, indices.Length)])), summary.Shape.Size);
    }

    /// <summary>How an image of a folder becomes square, in words.</summary>
    internal static string Rule(ImageFit fit, int size) => fit switch
    {
        ImageFit.Crop => $"the middle square, scaled to {size} x {size} (fit=crop)",
        ImageFit.Squeeze => $"squeezed to {size} x {size} (fit=squeeze)",
        ImageFit.Pad => $"scaled to fit {size} x {size}, the rest black (fit=pad)",
        _ => $"the middle {size} x {size} pixels, not scaled (fit=cropOnly)",
    };

    /// <summary>Squares out of the images, where the options ask for them.</summary>
    protected static IBatchSource Cropped(IBatchSource batches, DataOptions options, int size, long seed) =>
        options.CropFrom is null ? batches : new RandomCrops(batches, size, seed);

    /// <summary>Whole images in the size of what is cut out of them. Disposes the set where it makes another.</summary>
    protected static ImageSet Whole(ImageSet set, int size)
    {
        if (set.Height == size)
        {
            return set;
        }

        using var larger = set;
        return set.ResizeTo(size);
    }
}

/// <summary>A part of a set of the data catalog; a folder of that name goes first.</summary>
internal sealed class CatalogData() : ImageData("SET:PART", "images of a catalog set (researchkit data list), as " +
    "fashion-mnist-small:train; SET alone is its part train, SET:PART+PART two parts, SET:PART:CLASS one class")
{
    internal override bool Has(string data) => !ImageFolder.Exists(data)
        && (data.Split(':') is [var set, ..] && DataCatalog.Find().Sets.Any(s => s.Name == set)
            || (data.Split(':').Length is 2 or 3 && ImageHalves.Parse(data).Half == ImageHalf.Whole));

    internal override void Check(DataOptions options)
    {
        DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == Parse(options.Data).Set)?.RequireImages();
        base.Check(options);
    }

    internal override bool HasTest(string data) =>
        DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == Parse(data).Set)?.Splits.ContainsKey("test") == true;

    internal override bool HasPartners(string data, string other) => Has(other)
        && DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == Parse(data).Set)?.Partners?.Contains(Parse(other).Set) == true;

    internal override ImageSet Test(DataOptions options) =>
        Parse(options.Data) is (var set, var part) && part.IndexOf(':') is > 0 and var at
            ? Read(options, set, $"test{part[at..]}")
            : Read(options, set, "test");

    internal override SampleShape Shape(DataOptions options)
    {
        var (name, part) = Parse(options.Data);
        var set = DataCatalog.Find()[name];
        return new(SampleKind.Images, options.ImageSize ?? set.Size, options.Channels ?? set.Channels,
            set.Classes.Count == 0 || part.Contains(':') ? null : SampleClasses.Equally(set.Classes));
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var (set, part) = Parse(options.Data);
        var size = Shape(options).Size;
        var all = Read(options with { ImageSize = options.CropFrom ?? size }, set, part);
        var shape = new SampleShape(SampleKind.Images, size, all.Channels, all.Classes);
        long[] asTheyCome = [.. Enumerable.Range(0, (int)all.Count).Select(i => (long)i)];
        return InMemory(options, all, Split(options, all.Name, asTheyCome, shape, all.Fingerprint()), seed, device);
    }

    private static (string Set, string Part) Parse(string data) =>
        data.Split(':', 2) is [var set, var part] ? (set, part) : (data, "train");

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
internal sealed class FolderData() : ImageData("FOLDER", "your own images; where a folder holds none itself, each sub-folder is a class; " +
    "FOLDER:left and FOLDER:right are the halves of images that hold two partners side by side")
{
    private const int Megabyte = 1 << 20;

    internal override bool Has(string data) => true; // what is no folder is refused when it is read

    internal override void Check(DataOptions options)
    {
        if (!Path.Exists(options.Data) && !ImageFolder.Exists(options.Data))
        {
            throw new ArgumentException($"There are no data '{options.Data}': there is no such folder here, the catalog has no such set " +
                $"(it has {string.Join(", ", DataCatalog.Find().Sets.Select(s => s.Name))}), and no points have this name.");
        }

        base.Check(options);
    }

    internal override SampleShape Shape(DataOptions options)
    {
        var (_, _, classes) = ImageFolder.List(options.Data);
        return Shape(options, classes.Count == 0 ? null : SampleClasses.Equally(classes));
    }

    internal override LoadedData Load(DataOptions options, long seed, Device device, Action<int, int>? progress)
    {
        var broken = new List<string>();
        var (_, size, channels, _) = Shape(options, null);
        var read = ImageFolder.Open(options.Data, new ImageFolderOptions
        {
            Size = options.CropFrom ?? size, Channels = channels, Fit = options.Fit, Alpha = options.Alpha,
            Orientation = options.Orientation,
            OnBroken = e => broken.Add(e.Message), Progress = progress,
        }, (long)options.Memory * Megabyte);
        var order = SampleClasses.FairOrder(read.Labels, read.Paths.Count, seed: 0); // the same for runs of any seed: they compare
        var split = Split(options, read.Name, order, Shape(options, read.Classes), read.Sha256);
        split.Summary = split.Summary with
        {
            LeftOut = [.. broken, .. read.Others], Notes = read.Notes, IsDecodedAhead = read.Set is null,
            SizeRule = Rule(options.Fit, options.CropFrom ?? size)
                + (options.CropFrom is null ? "" : $", of which {size} x {size} are cut out where chance has it (cropFrom)"),
        };
        if (read.Set is { } set)
        {
            return InMemory(options, set, split, seed, device);
        }

        var batches = new FileBatches(read, [.. split.Training.Order()], options.Batch, seed, options.Mirror, device);
        return new LoadedData(split.Summary.Shape, Cropped(batches, options, size, seed), batches)
        {
            Training = Scored(split.Training), HeldOut = split.HeldOut.Length == 0 ? null : Scored(split.HeldOut), Summary = split.Summary,
        };

        ImageSet Scored(long[] picked) => Whole(read.Select([.. picked.Take(MostScored)]), size);
    }

    private static SampleShape Shape(DataOptions options, SampleClasses? classes) =>
        new(SampleKind.Images, options.ImageSize ?? 32, options.Channels ?? 3, classes);
}
