using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Data.Sounds;
using ResearchKit.Data.Text;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Data.Catalog;

/// <summary>The data sets that the kit knows: what ships in <c>data/</c> and what can be fetched.</summary>
public sealed class DataCatalog
{
    /// <summary>The environment variable that names the folder for fetched sets.</summary>
    public const string FolderVariable = "RESEARCHKIT_DATA";

    private readonly string _shippedFolder;
    private readonly string _fetchedFolder;

    private DataCatalog(string shippedFolder, string fetchedFolder, IReadOnlyList<CatalogEntry> sets)
    {
        _shippedFolder = shippedFolder;
        _fetchedFolder = fetchedFolder;
        Sets = sets;
    }

    /// <summary>The folder of the sets that ship with the kit: <c>data/</c>.</summary>
    internal string ShippedFolder => _shippedFolder;

    /// <summary>Every set, in the catalog's order.</summary>
    public IReadOnlyList<CatalogEntry> Sets { get; }

    /// <summary>Finds the kit's <c>data/catalog.json</c>: beside or above its own assembly (the checkout that it was built in, the package
    /// that it came in, the program that it was copied to), then in the current folder or above.</summary>
    /// <exception cref="DataFileException">There is none, or it cannot be read.</exception>
    public static DataCatalog Find()
    {
        string[] starts = [Path.GetDirectoryName(typeof(DataCatalog).Assembly.Location) ?? "", AppContext.BaseDirectory,
            Directory.GetCurrentDirectory()];
        var file = starts.Where(s => s.Length > 0).SelectMany(Above).Select(folder => Path.Combine(folder, "data", "catalog.json"))
            .FirstOrDefault(File.Exists)
            ?? throw new DataFileException(Path.Combine("data", "catalog.json"),
                $"not found above {AppContext.BaseDirectory} nor above {Directory.GetCurrentDirectory()}. It comes with " +
                $"the package ResearchKit, unless the project sets ResearchKitData to false; or run inside the ResearchKit checkout.");
        return Open(file);
    }

    /// <summary>Reads a catalog file.</summary>
    /// <param name="file">The path of <c>catalog.json</c>; shipped sets lie beside it, fetched ones where <see cref="FolderVariable"/>
    /// says, else in <c>../artifacts/data</c>, or with a packaged kit in <c>researchkit/data</c> in the user's cache folder.</param>
    /// <exception cref="DataFileException">The file is missing or not a catalog.</exception>
    public static DataCatalog Open(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var document = JsonSerializer.Deserialize(stream, CatalogJson.Default.CatalogDocument)!;
            var shipped = Path.GetDirectoryName(Path.GetFullPath(file))!;
            var fetched = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
                ? Path.GetFullPath(folder)
                : FetchedBeside(Path.GetDirectoryName(shipped) ?? shipped);
            return new DataCatalog(shipped, fetched, document.Sets);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(file, "this is not a readable data catalog: " + e.Message, e);
        }
    }

    /// <summary>The entry of a set.</summary>
    /// <exception cref="ArgumentException">The catalog has no such set; the message lists those it has.</exception>
    public CatalogEntry this[string name] =>
        Sets.FirstOrDefault(s => s.Name == name)
        ?? throw new ArgumentException($"The catalog has no data set '{name}'. It has: {string.Join(", ", Sets.Select(s => s.Name))}.");

    /// <summary>The folder that holds, or will hold, a set's files.</summary>
    /// <param name="set">An entry of this catalog.</param>
    public string FolderOf(CatalogEntry set) => Path.Combine(set.Shipped ? _shippedFolder : _fetchedFolder, set.Name);

    /// <summary>Reads one part of a set into memory.</summary>
    /// <param name="name">The set's name, for example <c>fashion-mnist-small</c>.</param>
    /// <param name="part">The part, for example <c>train</c>; several, one after the other, as <c>train+test</c>; or one class of them, as
    /// <c>train:Bag</c>.</param>
    /// <returns>The images with their labels; of one class in the parts' order and without labels. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no such set, part or class.</exception>
    /// <exception cref="DataFileException">A file is missing or damaged.</exception>
    public ImageSet LoadImages(string name, string part)
    {
        if (part.Split(':', 2) is not [var whole, var only])
        {
            return LoadParts(name, part);
        }

        using var all = LoadParts(name, whole);
        return all.OfClass(only);
    }

    /// <summary>Reads one part of a set of text into memory.</summary>
    /// <param name="name">The set's name: <c>words</c>.</param>
    /// <param name="part">The part, for example <c>train</c>.</param>
    /// <returns>Its lines, as <see cref="TextFile.Read"/> gives them.</returns>
    /// <exception cref="ArgumentException">There is no such set or part, or it holds images.</exception>
    /// <exception cref="DataFileException">The file is missing or damaged.</exception>
    public IReadOnlyList<string> LoadLines(string name, string part)
    {
        var (folder, files) = PartOf(name, part);
        return this[name].Format == CatalogFormat.Lines
            ? TextFile.Read(Path.Combine(folder, files.Images))
            : throw new ArgumentException($"The data set {name} holds no lines of text.");
    }

    /// <summary>Reads one part of a set of sounds into memory.</summary>
    /// <param name="name">The set's name, for example <c>drums</c>.</param>
    /// <param name="part">The part, for example <c>train</c>; several, one after the other, as <c>train+test</c>; or one class of them, as
    /// <c>train:kick</c>.</param>
    /// <param name="length">Samples of each sound, as for <see cref="SoundSet.Read"/>.</param>
    /// <param name="rate">Samples a second that they are brought to.</param>
    /// <param name="progress">Told how many files are read, of how many.</param>
    /// <returns>The sounds, class by class. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no such set, part or class, or the set holds no sounds.</exception>
    /// <exception cref="DataFileException">The set is not there, or none of its files can be read.</exception>
    public SoundSet LoadSounds(string name, string part, int length, int rate, Action<int, int>? progress = null)
    {
        var set = this[name];
        if (set.Format != CatalogFormat.Wav)
        {
            throw new ArgumentException($"The data set {name} holds no sounds.");
        }

        var (parts, only) = part.Split(':', 2) is [var whole, var one] ? (whole, one) : (part, null);
        if (only is not null && !set.Classes.Contains(only))
        {
            throw new ArgumentException($"{name} {parts} has no sounds of a class '{only}'; its classes are " +
                $"{string.Join(", ", set.Classes)}.");
        }

        return SoundSet.ReadAll($"{name} {part}", [.. parts.Split('+').Select(p => PartOf(name, p))
            .Select(p => Path.Combine(p.Folder, p.Files.Images, only ?? ""))], length, rate, progress);
    }

    /// <summary>Compares a file on disk with the catalog's checksum; reads the whole file, and those that it lists.</summary>
    /// <param name="set">An entry of this catalog.</param>
    /// <param name="file">One of its files.</param>
    public FileState Check(CatalogEntry set, CatalogFile file)
    {
        var path = Path.Combine(FolderOf(set), file.Name);
        return !File.Exists(path) ? FileState.Absent
            : !FileSums.IsRight(path) ? FileState.Damaged
            : Sha256Of(path) == file.Sha256 ? FileState.Intact
            : file.Varies ? FileState.OfAnotherVersion
            : FileState.Damaged;
    }

    /// <summary>A file's SHA-256.</summary>
    /// <param name="path">The file.</param>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    public static string Sha256Of(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private ImageSet LoadParts(string name, string parts)
    {
        var names = parts.Split('+');
        if (names.Length == 1)
        {
            return LoadPart(name, parts);
        }

        using var scope = NewDisposeScope();
        var all = new List<ImageSet>();
        try
        {
            all.AddRange(names.Select(part => LoadPart(name, part)));
            return new ImageSet($"{name} {parts}", cat([.. all.Select(s => s.Images)]), cat([.. all.Select(s => s.Labels!)]),
                this[name].Classes);
        }
        finally
        {
            all.ForEach(s => s.Dispose());
        }
    }

    private (string Folder, CatalogSplit Files) PartOf(string name, string split)
    {
        var set = this[name];
        if (!set.Splits.TryGetValue(split, out var files))
        {
            throw new ArgumentException($"The data set {name} has no part '{split}'. It has: {string.Join(", ", set.Splits.Keys)}.");
        }

        var folder = FolderOf(set);
        // a list of files comes last: without it a fetch was ended
        string[] wanted = [files.Images, .. set.Files.Select(f => f.Name).Where(f => f == FileSums.Name)];
        if (!set.Shipped && !wanted.All(f => Path.Exists(Path.Combine(folder, f))))
        {
            throw new DataFileException(folder, $"the data set {name} has not been fetched. Run `researchkit data fetch {name}`.");
        }

        return (folder, files);
    }

    private ImageSet LoadPart(string name, string split)
    {
        var (set, (folder, files)) = (this[name], PartOf(name, split));
        set.RequireImages();
        using var scope = NewDisposeScope(); // the set takes its tensors out of it; after an error they go with it
        var (images, labels) = Read(set.Format, folder, files);
        if (images.shape is not [_, var channels, var height, var width]
            || (channels, height, width) != (set.Channels, set.Size, set.Size))
        {
            throw new DataFileException(Path.Combine(folder, files.Images),
                $"holds images of {string.Join(" x ", images.shape.Skip(1))}, but the catalog says {set.Channels} x {set.Size} x " +
                $"{set.Size}; correct \"channels\" and \"size\" in catalog.json.");
        }

        return images.shape[0] == labels.shape[0]
            ? new ImageSet($"{name} {split}", images, labels, set.Classes)
            : throw new DataFileException(Path.Combine(folder, files.Labels ?? files.Images),
                $"holds {labels.shape[0]} labels for {images.shape[0]} images.");
    }

    private static (Tensor Images, Tensor Labels) Read(CatalogFormat format, string folder, CatalogSplit files)
    {
        var path = Path.Combine(folder, files.Images);
        return format switch
        {
            CatalogFormat.Cifar10 => CifarFile.ReadCifar10(path, files.Members ?? []),
            CatalogFormat.Cifar100 => CifarFile.ReadCifar100(path, files.Members ?? []),
            _ when files.Labels is { } labels => (IdxFile.ReadImages(path), IdxFile.ReadLabels(Path.Combine(folder, labels))),
            _ => throw new DataFileException(path,
                "the catalog names no labels' file for these images; add \"labels\" to the part in catalog.json."),
        };
    }

    // What a package brought may be deleted with it: what was fetched is the user's.
    private static string FetchedBeside(string root) =>
        UserFolders.Cache is { } cache && NuGetPackages.ArePacked(NuGetPackages.Recorded(typeof(DataCatalog).Assembly))
            ? Path.Combine(cache, "data")
            : Path.Combine(root, "artifacts", "data");

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}

/// <summary>The layout of <c>data/catalog.json</c>; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CatalogDocument))]
internal sealed partial class CatalogJson : JsonSerializerContext;

internal sealed record CatalogDocument(IReadOnlyList<CatalogEntry> Sets);
