using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Building;

/// <summary>The pictures that options name: those that are trained on, and those that are held out.</summary>
internal static class PictureData
{
    /// <summary>Whether a name is SET:PART of the data catalog; a folder of that name goes first.</summary>
    public static bool IsCatalogPart(string data) => data.Split(':').Length == 2 && !Directory.Exists(data);

    /// <summary>Whether the data set has a part for tests.</summary>
    public static bool HasTest(string data) =>
        IsCatalogPart(data)
            && DataCatalog.Find().Sets.FirstOrDefault(s => s.Name == data.Split(':')[0])?.Splits.ContainsKey("test") == true;

    /// <summary>Reads the pictures. The caller disposes both sets.</summary>
    /// <exception cref="ArgumentException">More are asked for than there are.</exception>
    public static (ImageSet Training, ImageSet? HeldOut) Load(ExperimentOptions options)
    {
        using var all = IsCatalogPart(options.Data)
            ? DataCatalog.Find().LoadImages(options.Data.Split(':')[0], options.Data.Split(':')[1])
            : ImageFolder.Read(options.Data,
                new ImageFolderOptions { Size = options.ImageSize, Channels = options.Channels, Fit = ImageFit.CenterCrop });
        var samples = options.Samples == 0 ? all.Count - options.HeldOut : options.Samples;
        if (samples < 1 || samples + options.HeldOut > all.Count)
        {
            throw new ArgumentException($"samples asks for {options.Samples} and heldOut for {options.HeldOut}, but {all.Name} has " +
                $"{all.Count} pictures.");
        }

        return (Part(0, samples), options.HeldOut == 0 ? null : Part(all.Count - options.HeldOut, options.HeldOut));

        ImageSet Part(long first, long count) => new(all.Name, all.Images.narrow(0, first, count).clone());
    }
}
