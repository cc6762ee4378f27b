using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class FeatureNetworkTests
{
    public static TheoryData<string> Names => [.. NetworkCatalog.Find().Networks.Select(n => n.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_the_held_out_accuracy_that_the_catalog_states(string name)
    {
        var catalog = NetworkCatalog.Find();
        using var network = catalog.Load(name);
        using var test = DataCatalog.Find().LoadImages(catalog[name].Recipe.Set, "test");
        using var features = FeatureExtraction.Of(network, test);
        using var right = features.Logits!.argmax(1) == test.Labels!;
        Assert.Equal(catalog[name].Accuracy, (double)right.sum().item<long>() / test.Count, 0.001);
        Assert.Equal((test.Count, network.Width), (features.Count, (int)features.Features.shape[1]));
        Assert.True(new FileInfo(catalog.FileOf(catalog[name])).Length < 2_000_000);
        Assert.DoesNotContain("nception", catalog[name].ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Weights_of_another_hash_are_refused()
    {
        using var folder = new TemporaryFolder();
        var catalog = NetworkCatalog.Find();
        var source = catalog.FileOf(catalog["fashion-28"]);
        Directory.CreateDirectory(folder["networks"]);
        File.Copy(Path.Combine(Path.GetDirectoryName(source)!, "..", "networks.json"), folder["networks.json"]);
        var other = NetworkCatalog.Open(folder["networks.json"]);
        Assert.Contains("missing", Assert.Throws<DataFileException>(() => other.Load("fashion-28")).Message, StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(source);
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder["networks/fashion-28.safetensors"], bytes);
        Assert.Contains("SHA-256", Assert.Throws<DataFileException>(() => other.Load("fashion-28")).Message, StringComparison.Ordinal);
        Assert.Contains("There are: fashion-28", Assert.Throws<ArgumentException>(() => other.Load("inception")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Features_do_not_depend_on_the_batches_and_leave_the_mode()
    {
        using var network = NetworkCatalog.Find().Load("digits-28");
        using var images = randint(0, 256, [10, 1, 28, 28], ScalarType.Byte);
        using var whole = FeatureExtraction.Of(network, "ten", images);
        using var parts = FeatureExtraction.Of(network, "ten", images, batchSize: 3);
        Assert.True(whole.Features.allclose(parts.Features, 1e-4, 1e-5));
        Assert.Equal(whole.ContentSha256, parts.ContentSha256);
        Assert.Equal((network.Name, network.Sha256), (whole.Network, whole.NetworkSha256));
        using var color = zeros([2, 3, 28, 28], ScalarType.Byte);
        Assert.Contains("28 x 28", Assert.Throws<ArgumentException>(() => FeatureExtraction.Of(network, "color", color)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Training_learns_and_can_be_repeated_and_stopped()
    {
        using var train = DataCatalog.Find().LoadImages("digits", "test");
        var recipe = new ClassifierRecipe("digits", Epochs: 3, BatchSize: 50);
        List<double> losses = [];
        using var first = ClassifierTraining.Run(train, recipe, (_, _, loss) => losses.Add(loss));
        using var second = ClassifierTraining.Run(train, recipe, (_, _, loss) => losses.Add(loss));
        Assert.Equal(losses[..3], losses[3..]);
        Assert.True(ClassifierTraining.Accuracy(first, train) > 0.5); // chance is 0.1
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => ClassifierTraining.Run(train, recipe, cancellation: stopped.Token));
        Assert.Throws<ArgumentException>(() => ClassifierTraining.Run(train, recipe with { BatchSize = 1 }));
        using var unlabelled = new ImageSet("none", zeros([4, 1, 28, 28], ScalarType.Byte));
        Assert.Contains("without labels", Assert.Throws<ArgumentException>(() => ClassifierTraining.Run(unlabelled, recipe)).Message,
            StringComparison.Ordinal);
    }
}
