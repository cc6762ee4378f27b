using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.State;

namespace ResearchKit.Metrics.Networks;

/// <summary>The feature networks that ship with the kit.</summary>
public sealed class NetworkCatalog
{
    private readonly string _folder;

    private NetworkCatalog(string folder, IReadOnlyList<NetworkEntry> networks)
    {
        _folder = folder;
        Networks = networks;
    }

    /// <summary>Every network, in the catalog's order.</summary>
    public IReadOnlyList<NetworkEntry> Networks { get; }

    /// <summary>Finds the kit's <c>data/networks.json</c>, beside the catalog of data sets.</summary>
    /// <exception cref="DataFileException">There is none, or it cannot be read.</exception>
    public static NetworkCatalog Find() => Open(Path.Combine(DataCatalog.Find().ShippedFolder, "networks.json"));

    /// <summary>Reads a catalog file.</summary>
    /// <param name="file">The path; weights lie beside it.</param>
    /// <exception cref="DataFileException">The file is missing or not a catalog.</exception>
    public static NetworkCatalog Open(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return new NetworkCatalog(Path.GetDirectoryName(Path.GetFullPath(file))!,
                JsonSerializer.Deserialize(stream, NetworkJson.Default.NetworkDocument)!.Networks);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(file, "this is not a readable catalog of feature networks: " + e.Message, e);
        }
    }

    /// <summary>The entry of a network.</summary>
    /// <exception cref="ArgumentException">The catalog has no such network; the message lists those it has.</exception>
    public NetworkEntry this[string name] =>
        Networks.FirstOrDefault(n => n.Name == name)
        ?? throw new ArgumentException($"There is no feature network '{name}'. There are: {string.Join(", " +
            "", Networks.Select(n => n.Name))}.");

    /// <summary>The path of a network's weights.</summary>
    /// <param name="network">An entry of this catalog.</param>
    public string FileOf(NetworkEntry network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Path.Combine(_folder, network.File);
    }

    /// <summary>Loads a network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="device">Where it computes; null for the CPU.</param>
    /// <returns>The network. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no such network.</exception>
    /// <exception cref="DataFileException">The weights are missing or damaged, or their SHA-256 is another.</exception>
    public ClassifierFeatures Load(string name, Device? device = null)
    {
        var entry = this[name];
        var file = FileOf(entry);
        if (!File.Exists(file))
        {
            throw new DataFileException(file, "the weights are missing; restore them with `git checkout -- data`.");
        }

        var sum = DataCatalog.Sha256Of(file);
        if (sum != entry.Sha256)
        {
            throw new DataFileException(file, $"the SHA-256 is {sum}, not {entry.Sha256}: results would be another network's. Restore " +
                $"the file with `git checkout -- data`.");
        }

        var network = new GreyClassifier(entry.Classes);
        StateFile.Load(network, file);
        network.to(device ?? CPU);
        network.eval();
        return new ClassifierFeatures(entry.Name, network, entry.Sha256);
    }
}

internal sealed record NetworkDocument(IReadOnlyList<NetworkEntry> Networks);

/// <summary>The layout of <c>data/networks.json</c>; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NetworkDocument))]
internal sealed partial class NetworkJson : JsonSerializerContext;
