using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Networks;

public class FeatureNetworkTests
{
    public static TheoryData<string> Names => [.. FeatureNetworks.All.Where(n => n.Recipe is not null).Select(n => n.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_the_held_out_accuracy_that_the_catalog_states(string name)
    {
        var entry = FeatureNetworks.All.Find(name);
        using var network = FeatureNetworks.Load(name);
        using var test = DataCatalog.Find().LoadImages(entry.Recipe!.Set, "test");
        using var features = FeatureExtraction.Of(network, test);
        using var right = features.Logits!.argmax(1) == test.Labels!;
        Assert.Equal(entry.Accuracy!.Value, (double)right.sum().item<long>() / test.Count, 0.001);
        Assert.Equal((test.Count, network.Width), (features.Count, (int)features.Features.shape[1]));
        Assert.True(new FileInfo(entry.ShippedFile).Length < 2_000_000);
        Assert.DoesNotContain("nception", entry.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Weights_of_another_hash_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("missing", Refused().Message, StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(FeatureNetworks.All.Find("fashion-28").ShippedFile);
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder["fashion-28.safetensors"], bytes);
        Assert.Contains("SHA-256", Refused().Message, StringComparison.Ordinal);
        Assert.Contains("There is no feature network 'vgg'; there are fashion-28, digits-28, faces-32, resnet18, " +
            "inception, dinov2-vits14, dinov2-vitb14, dinov2-vitl14.",
            Assert.Throws<ArgumentException>(() => FeatureNetworks.Load("vgg")).Message, StringComparison.Ordinal);

        DataFileException Refused() => Assert.Throws<DataFileException>(() => FeatureNetworks.Load("fashion-28",
            weights: folder["fashion-28.safetensors"]));
    }

    // A batch of 256 images of 224 x 224 would take some gigabytes in a network's first layers.
    [Theory]
    [InlineData(28, 40)]
    [InlineData(224, 33, 7)]
    [InlineData(299, 18, 18, 4)]
    public void A_large_network_gets_fewer_images_at_a_time(int size, params int[] batches)
    {
        using var network = new Recorder(size);
        using var images = zeros([40, 3, 8, 8], ScalarType.Byte);
        using var features = FeatureExtraction.Of(network, "forty", images);
        Assert.Equal(batches, network.Batches);
    }

    [Fact]
    public void Features_do_not_depend_on_the_batches_and_leave_the_mode()
    {
        using var network = FeatureNetworks.Load("digits-28");
        using var images = randint(0, 256, [10, 1, 28, 28], ScalarType.Byte);
        using var whole = FeatureExtraction.Of(network, "ten", images);
        using var parts = FeatureExtraction.Of(network, "ten", images, batchSize: 3);
        Assert.True(whole.Features.allclose(parts.Features, 1e-4, 1e-5));
        Assert.Equal(whole.ContentSha256, parts.ContentSha256);
        Assert.Equal((network.Name, network.Sha256), (whole.Network, whole.NetworkSha256));
        using var four = zeros([2, 4, 28, 28], ScalarType.Byte);
        Assert.Contains("1 or 3 channels", Assert.Throws<ArgumentException>(() => FeatureExtraction.Of(network, "four", four)).Message,
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

    private sealed class Recorder(int size) : IFeatureNetwork
    {
        public List<int> Batches { get; } = [];

        public string Name => "recorder";

        public string Sha256 => "";

        public ImagePreparation Preparation { get; } = new(size, 3, ImageResizers.All.Find("legacy_pytorch"), [1], [0]);

        public int Width => 1;

        public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
        {
            Batches.Add((int)prepared.shape[0]);
            return (zeros(prepared.shape[0], 1), null);
        }

        public void Dispose()
        {
        }
    }
}
