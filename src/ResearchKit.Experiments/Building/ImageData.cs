using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>Images that are trained on as they are: the last ones may be held out.</summary>
internal abstract class ImageData(string name, string purpose) : DataKind(name, purpose)
{
    protected abstract ImageSet Read(DataOptions options);

    internal override LoadedData Load(DataOptions options, long seed, Device device)
    {
        using var all = Read(options);
        var (heldOut, samples) = (options.HeldOut ?? 0, options.Samples ?? (all.Count - (options.HeldOut ?? 0)));
        if (samples < 1 || samples + heldOut > all.Count)
        {
            throw new ArgumentException($"samples asks for {(options.Samples is { } n ? $"{n}" : "all")} and heldOut for {heldOut}, but " +
                $"{all.Name} has {all.Count} images.");
        }

        var training = Part(0, samples);
        var images = training.To(device);
        var batches = new ImageBatches(images, options.Batch, seed);
        return new LoadedData(new SampleShape(SampleKind.Images, images.Height, images.Channels), batches, batches, images)
        {
            Training = training, HeldOut = heldOut == 0 ? null : Part(all.Count - heldOut, heldOut),
        };

        ImageSet Part(long first, long count) => new(all.Name, all.Images.narrow(0, first, count).clone());
    }
}

/// <summary>A part of a set of the data catalog; a folder of that name goes first.</summary>
internal sealed class CatalogData() : ImageData("SET:PART", "images of a catalog set, as fashion-mnist-small:train (researchkit data list)")
{
    private static (string Set, string Part) Parse(string data) => (data.Split(':')[0], data.Split(':')[1]);

    internal override bool Has(string data) => data.Split(':').Length == 2 && !Directory.Exists(data);

    internal override bool HasTest(string data) =>
        DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == Parse(data).Set)?.Splits.ContainsKey("test") == true;

    internal override ImageSet Test(string data) => DataCatalog.Find().LoadImages(Parse(data).Set, "test");

    internal override SampleShape Shape(DataOptions options)
    {
        var set = DataCatalog.Find()[Parse(options.Data).Set];
        return new(SampleKind.Images, set.Size, set.Channels);
    }

    protected override ImageSet Read(DataOptions options)
    {
        var (set, part) = Parse(options.Data);
        return DataCatalog.Find().LoadImages(set, part);
    }
}

/// <summary>A folder of images.</summary>
internal sealed class FolderData() : ImageData("FOLDER", "images of a folder, cut to the middle square and scaled to imageSize")
{
    internal override bool Has(string data) => true; // what is no folder is refused when it is read

    internal override SampleShape Shape(DataOptions options) => new(SampleKind.Images, options.ImageSize, options.Channels);

    protected override ImageSet Read(DataOptions options) => ImageFolder.Read(options.Data,
        new ImageFolderOptions { Size = options.ImageSize, Channels = options.Channels, Fit = ImageFit.CenterCrop });
}
