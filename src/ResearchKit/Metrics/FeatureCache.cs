using System.Security.Cryptography;
using System.Text;
using ResearchKit.Data;
using ResearchKit.Files;

namespace ResearchKit.Metrics;

/// <summary>Keeps features in files, so that a set that was seen by a network once need not be sent through it again.</summary>
/// <remarks>A file is found by what tells the images from others (<see cref="IImageSource.Key"/>, or their pixels) and by all that the
/// numbers depend on: the network's weights, the preprocessing, the kind of device, the versions. So an entry never goes stale; the
/// folder only grows, and may be deleted at any time. One safetensors file an entry, written whole or not at all, with a checksum of its
/// numbers.</remarks>
/// <param name="folder">The folder; it is made when it is first written to.</param>
/// <param name="device">Where the network computes, for example <c>cpu</c>: other devices have other last digits.</param>
public sealed class FeatureCache(string folder, string device = "cpu")
{
    /// <summary>The environment variable that names the cache's folder.</summary>
    public const string FolderVariable = "RESEARCHKIT_CACHE";

    private const string NumbersKey = "numbers_sha256";
    private const string ContentKey = "content_sha256";
    private const string NotesKey = "notes";
    private const string FeaturesName = "features";
    private const string LogitsName = "logits";

    /// <summary>The folder that <see cref="FolderVariable"/> names, else <c>researchkit</c> in the user's cache folder:
    /// <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c> on Linux, <c>~/Library/Caches</c> on macOS, the local application data on Windows. Null
    /// for a user without any.</summary>
    public static string? DefaultFolder =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? Path.GetFullPath(named) : UserFolders.Cache;

    /// <summary>The features of a set: those that are kept, else newly extracted ones, which are then kept.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">The images. Where they have a <see cref="IImageSource.Key"/>, they are not read for features that are
    /// kept.</param>
    /// <param name="extract">Sends them through the network.</param>
    /// <param name="note">Told in a sentence what the images' <see cref="IImageSource.Notes"/> were, where the features came from a file,
    /// and of a file that is damaged or cannot be written; none is an error.</param>
    /// <returns>The caller disposes it.</returns>
    public FeatureSet GetOrExtract(IFeatureNetwork network, IImageSource images, Func<FeatureSet> extract, Action<string> note)
    {
        var protocol = Protocol(network, images);
        var path = PathOf(protocol);
        try
        {
            if (File.Exists(path))
            {
                var (kept, notes) = Read(path, protocol, network, images);
                Array.ForEach(notes, n => note($"{images.Name}: {n}"));
                note($"features of {images.Name}: from the cache");
                return kept;
            }
        }
        catch (DataFileException e)
        {
            note($"features of {images.Name}: the cache's file is damaged and written anew ({e.Message})");
        }

        var made = extract();
        Array.ForEach([.. images.Notes], n => note($"{images.Name}: {n}"));
        try
        {
            Write(path, protocol, made, images.Notes);
        }
        catch (DataFileException e)
        {
            note($"features of {images.Name}: not kept in the cache ({e.Message})");
        }

        return made;
    }

    private Dictionary<string, string> Protocol(IFeatureNetwork network, IImageSource images) => new()
    {
        ["images"] = images.Key ?? "pixels " + PixelsOf(images),
        ["network_sha256"] = network.Sha256,
        ["preprocessing"] = network.Preparation.ToString(),
        ["device"] = device,
        ["versions"] = MetricEvaluation.Versions,
    };

    private static string PixelsOf(IImageSource images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var batch in images.Read(256))
        {
            hash.AppendData(Encoding.ASCII.GetBytes(FeatureSet.HashOf(batch)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string PathOf(Dictionary<string, string> protocol)
    {
        var text = string.Join('\n', protocol.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
        return Path.Combine(folder, "features", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) + ".safetensors");
    }

    private static (FeatureSet Kept, string[] Notes) Read(string path, Dictionary<string, string> protocol, IFeatureNetwork network,
        IImageSource images)
    {
        using var file = SafetensorsFile.Read(path);
        if (!file.TryGet(FeaturesName, out var features) || protocol.Any(p => file.Metadata.GetValueOrDefault(p.Key) != p.Value)
            || features.dtype is not (ScalarType.Float32 or ScalarType.Float64)
                || features.dim() != 2 || features.shape[0] > images.Count || features.shape[1] != network.Width
                || !file.Metadata.TryGetValue(ContentKey, out var content))
        {
            throw new DataFileException(path, "it does not hold the features that its name stands for.");
        }

        var logits = file.TryGet(LogitsName, out var l) ? l : null;
        return file.Metadata.GetValueOrDefault(NumbersKey) == NumbersOf(features, logits)
            ? (new FeatureSet(images.Name, features.clone(), logits?.clone(), content, network, images.Reading)
            {
                ClassOfEach = network.ClassNames.Count > 0 && features.shape[0] == images.Count ? images.ClassOfEach : null,
            },
                file.Metadata.GetValueOrDefault(NotesKey, "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            : throw new DataFileException(path, "its numbers are not those that were written.");
    }

    private static void Write(string path, Dictionary<string, string> protocol, FeatureSet set, IReadOnlyList<string> notes)
    {
        var tensors = new Dictionary<string, Tensor> { [FeaturesName] = set.Features };
        if (set.Logits is not null)
        {
            tensors[LogitsName] = set.Logits;
        }

        SafetensorsFile.Write(path, tensors,
            new Dictionary<string, string>(protocol)
            {
                [NumbersKey] = NumbersOf(set.Features, set.Logits), [ContentKey] = set.ContentSha256, [NotesKey] = string.Join('\n', notes),
            });
    }

    private static string NumbersOf(Tensor features, Tensor? logits) =>
        $"{FeatureSet.HashOf(features)} {(logits is null ? "-" : FeatureSet.HashOf(logits))}";
}
