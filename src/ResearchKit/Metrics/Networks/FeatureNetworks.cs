using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Registers;
using ResearchKit.State;

namespace ResearchKit.Metrics.Networks;

/// <summary>A feature network that ships with the kit.</summary>
/// <param name="Name">The name that commands, notebooks and results use.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="Sha256">Of its weights, 64 hexadecimal digits in lower case.</param>
/// <param name="Accuracy">The share of held-out images whose class it finds, in [0, 1].</param>
/// <param name="Recipe">How it was trained.</param>
/// <param name="Open">Loads it from the file of its weights onto a device.</param>
public sealed record FeatureNetworkEntry(string Name, string Title, string Sha256, double Accuracy, ClassifierRecipe Recipe,
    Func<FeatureNetworkEntry, string, Device, IFeatureNetwork> Open) : INamed
{
    /// <summary>The path of its weights, a safetensors file.</summary>
    /// <param name="folder">The folder of weights; null for the kit's <c>data/networks</c>.</param>
    public string FileIn(string? folder = null) =>
        Path.Combine(folder ?? Path.Combine(DataCatalog.Find().ShippedFolder, "networks"), $"{Name}.safetensors");
}

/// <summary>The feature networks that ship with the kit, one line each.</summary>
/// <example><code>using var network = FeatureNetworks.Load("fashion-28");</code></example>
public static class FeatureNetworks
{
    /// <summary>Every network.</summary>
    public static Register<FeatureNetworkEntry> All { get; } = new("feature network",
        new("fashion-28", "classifier of Fashion-MNIST's ten kinds of clothes, grey 28 x 28, 128 features",
            "d1aa347a358273287d6c903f9e50d6511ef890b4bf08cad3c60ec12b087197a3", 0.88025, new("fashion-mnist-small"), Grey(classes: 10)),
        new("digits-28", "classifier of digits, grey 28 x 28, 128 features",
            "7f5537eaca0180af049b4f5ffc32dd7379feac02bb121cc75e5841fc7cff2891", 0.9755, new("digits"), Grey(classes: 10)));

    /// <summary>Loads a network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="device">Where it computes; null for the CPU.</param>
    /// <param name="folder">The folder of weights; null for the kit's <c>data/networks</c>.</param>
    /// <returns>The network. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no such network; the message lists those that there are.</exception>
    /// <exception cref="DataFileException">The weights are missing or damaged, or their SHA-256 is another.</exception>
    public static IFeatureNetwork Load(string name, Device? device = null, string? folder = null)
    {
        var entry = All.Find(name);
        var file = entry.FileIn(folder);
        if (!File.Exists(file))
        {
            throw new DataFileException(file, "the weights are missing; restore them with `git checkout -- data`.");
        }

        var sum = DataCatalog.Sha256Of(file);
        return sum == entry.Sha256
            ? entry.Open(entry, file, device ?? CPU)
            : throw new DataFileException(file, $"the SHA-256 is {sum}, not {entry.Sha256}: results would be another network's. Restore " +
                $"the file with `git checkout -- data`.");
    }

    private static Func<FeatureNetworkEntry, string, Device, IFeatureNetwork> Grey(int classes) => (entry, file, device) =>
    {
        var network = new GreyClassifier(classes);
        StateFile.Load(network, file);
        network.to(device);
        network.eval();
        return new ClassifierFeatures(entry.Name, network, entry.Sha256);
    };
}
