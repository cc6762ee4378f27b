using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Registers;
using ResearchKit.State;

namespace ResearchKit.Metrics.Networks;

/// <summary>A feature network that the kit can load.</summary>
/// <param name="Name">The name that commands, notebooks and results use.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="Sha256">Of its weights, 64 hexadecimal digits in lower case; empty where that of the published file is not known
/// here.</param>
/// <param name="Open">Loads it onto a device, from a file of weights or, for null, from where they are kept, with a resizer or, for null,
/// with its own.</param>
public sealed record FeatureNetworkEntry(string Name, string Title, string Sha256,
    Func<FeatureNetworkEntry, Device, string?, ImageResizer?, IFeatureNetwork> Open) : INamed
{
    /// <summary>The share of held-out images whose class it finds, in [0, 1]; null for a network that was not trained here.</summary>
    public double? Accuracy { get; init; }

    /// <summary>How it was trained; null for a network that was not trained here.</summary>
    public ClassifierRecipe? Recipe { get; init; }

    /// <summary>Whether a file of weights is its user's to get and to name.</summary>
    public bool TakesWeights { get; init; }

    /// <summary>The path of its weights where they ship with the kit, a safetensors file.</summary>
    public string ShippedFile => Path.Combine(DataCatalog.Find().ShippedFolder, "networks", $"{Name}.safetensors");
}

/// <summary>The feature networks by name, one line each.</summary>
/// <example><code>using var network = FeatureNetworks.Load("resnet18");</code></example>
public static class FeatureNetworks
{
    /// <summary>Every network.</summary>
    public static Register<FeatureNetworkEntry> All { get; } = new("feature network",
        new("fashion-28", "classifier of Fashion-MNIST's ten kinds of clothes, grey 28 x 28, 128 features",
            "d1aa347a358273287d6c903f9e50d6511ef890b4bf08cad3c60ec12b087197a3", Trained)
            { Accuracy = 0.88025, Recipe = new("fashion-mnist-small") },
        new("digits-28", "classifier of digits, grey 28 x 28, 128 features",
            "7f5537eaca0180af049b4f5ffc32dd7379feac02bb121cc75e5841fc7cff2891", Trained)
            { Accuracy = 0.9755, Recipe = new("digits") },
        new("faces-32", "classifier of emoji faces, smileys and people of six skin tones, colour 32 x 32, 128 features",
            "df560220e13bcdecb45667961ddbf40b3052290620d6648f37d6d8f63e9e4f57", Trained)
            { Accuracy = 0.95221, Recipe = new("emoji-faces-32", Epochs: 60, BatchSize: 50, Shift: 3, Mirror: true, Border: 1) },
        new("resnet18", "ResNet-18 of ImageNet (arXiv:1512.03385, weights by CNTK), colour 224 x 224, 512 features", Resnet18.WeightsSha256,
            (_, device, _, resizer) => Resnet18.Load(resizer, device)),
        new("inception", "the network of the FID and the Inception Score (arXiv:1512.00567), colour 299 x 299, 2,048 features; its " +
            "weights are yours to get", InceptionFeatures.WeightsSha256, (_, device, weights, resizer) =>
                InceptionFeatures.Load(weights, resizer, device)) { TakesWeights = true },
        Dino("dinov2-vits14", "ViT-S/14", 384, depth: 12),
        Dino("dinov2-vitb14", "ViT-B/14", 768, depth: 12),
        Dino("dinov2-vitl14", "ViT-L/14", 1024, depth: 24));

    /// <summary>The network for images where nobody chooses one: <c>resnet18</c> for colour, <c>fashion-28</c> for grey.</summary>
    /// <param name="channels">The images' channels, 1 or 3.</param>
    public static string DefaultFor(int channels) => channels == 1 ? "fashion-28" : "resnet18";

    /// <summary>Loads a network.</summary>
    /// <param name="name">Its name, or a file that describes one's own (<see cref="NetworkFile"/>), which ends in <c>.json</c>.</param>
    /// <param name="device">Where it computes; null for the CPU.</param>
    /// <param name="weights">The file of its weights; null for where they are kept. Those of <c>resnet18</c> come with its
    /// package.</param>
    /// <param name="resizer">How images are brought to its size (<see cref="ImageResizers"/>); null for its own way.</param>
    /// <returns>The network. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no such network or resizer; the message lists those that there are.</exception>
    /// <exception cref="DataFileException">The weights are missing or damaged, or their SHA-256 is another.</exception>
    public static IFeatureNetwork Load(string name, Device? device = null, string? weights = null,
        string? resizer = null)
    {
        var chosen = resizer is null ? null : ImageResizers.All.Find(resizer);
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return weights is null ? NetworkFile.Load(name, chosen, device ?? CPU)
                : throw new ArgumentException($"{name} names its weights itself; leave {weights} out.", nameof(weights));
        }

        var entry = All.Find(name);
        return entry.Open(entry, device ?? CPU, weights, chosen);
    }

    /// <summary>Where PyTorch's hub keeps a file of weights.</summary>
    internal static string HubFile(string name)
    {
        var home = Environment.GetEnvironmentVariable("TORCH_HOME") is { Length: > 0 } named ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "torch");
        return Path.Combine(home, "hub", "checkpoints", name);
    }

    /// <summary>The tensors of a safetensors file, or of one of PyTorch.</summary>
    internal static TensorCollection ReadWeights(string file) =>
        file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? SafetensorsFile.Read(file) : TorchFile.Read(file);

    private static FeatureNetworkEntry Dino(string name, string size, int width, int depth) => new(name,
        $"DINOv2 {size} (arXiv:2304.07193), colour 224 x 224, {width:N0} features; its weights are yours to get", Sha256: "",
        (_, device, weights, resizer) => Dinov2.Load(name, width, depth, weights, resizer, device)) { TakesWeights = true };

    // One of the kit's own training.
    private static ClassifierFeatures Trained(FeatureNetworkEntry entry, Device device, string? weights, ImageResizer? resizer)
    {
        var file = weights ?? entry.ShippedFile;
        if (!File.Exists(file))
        {
            throw new DataFileException(file, "the weights are missing; restore them with `git checkout -- data`.");
        }

        if (DataCatalog.Sha256Of(file) is var sum && sum != entry.Sha256)
        {
            throw new DataFileException(file, $"the SHA-256 is {sum}, not {entry.Sha256}: results would be another network's. Restore " +
                $"the file with `git checkout -- data`.");
        }

        var set = DataCatalog.Find()[entry.Recipe!.Set];
        var network = new SmallClassifier(set.Classes.Count, set.Channels);
        StateFile.Load(network, file);
        network.to(device);
        network.eval();
        return new ClassifierFeatures(entry.Name, network, entry.Sha256, set.Size, set.Channels, set.Classes, resizer);
    }
}
