using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class ClassAccuracyTests
{
    private static readonly MetricOptions Accuracy = new() { Metrics = ["accuracy"] };

    // Three of four logits are greatest where the sample's class is, which the report finds by the names of the classes.
    [Fact]
    public void Counts_the_samples_that_are_seen_as_their_class()
    {
        using var network = new TwoKinds();
        using var images = tensor(new byte[] { 0, 255, 0, 255 }).reshape(4, 1, 1, 1); // dark, bright, dark, bright
        using var set = new ImageSet("four", images.clone(), tensor([1L, 0, 1, 1]), ["BRIGHT", "dark"]);
        using var features = FeatureExtraction.Of(network, set);
        Assert.Equal(["dark", "BRIGHT", "dark", "dark"], features.ClassOfEach);
        Assert.Equal(0.75, ClassAccuracy.Of(features));
        using var some = features.First(3);
        Assert.Equal(1, ClassAccuracy.Of(some));
        var (first, second) = features.Halves(1);
        Assert.Equal(0.75, (ClassAccuracy.Of(first) + ClassAccuracy.Of(second)) / 2);
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void Real_samples_give_the_floor()
    {
        using var network = FeatureNetworks.Load("fashion-28");
        using var test = DataCatalog.Find().LoadImages("fashion-mnist-small", "test");
        using var some = test.Select(arange(600));
        using var real = FeatureExtraction.Of(network, some);
        var result = MetricEvaluation.Run(real, real, Accuracy).Results.Single();
        Assert.Equal(("class-accuracy", MetricRole.Fidelity), (result.Protocol.Metric, result.Role));
        Assert.Equal(0.88, result.Value, 0.04);
        Assert.Equal(result.Value, result.Floor!.Value, 0.04);
        Assert.True(result.Interval!.Low < result.Value && result.Value < result.Interval.High);
    }

    [Fact]
    public void Samples_of_a_generator_carry_the_classes_that_it_was_asked_for()
    {
        var shape = new SampleShape(SampleKind.Images, 28, 1, SampleClasses.Equally(TwoKinds.Names));
        var (g, d) = Architectures.All.Find("dcgan").Build(new NetworkOptions { Features = 4, Latent = 4, Conditional = true }, shape);
        using (g)
        using (d)
        {
            var source = new GeneratorSource(g, "g", 6, seed: 3);
            using var drawn = GeneratorImages.Draw(g, "g", 6, seed: 3);
            Assert.Equal(Enumerable.Range(0, 6).Select(i => drawn.ClassOf(i)), source.ClassOfEach);
            Assert.Equal(2, source.ClassOfEach!.Distinct().Count());
        }
    }

    [Fact]
    public void A_folder_tells_the_classes_of_its_images_until_one_is_left_out()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in TwoKinds.Names)
        {
            using var image = new ImageSet("one", zeros([1, 1, 4, 4], ScalarType.Byte));
            ImageFolderWriter.Write(image, folder[name]);
        }

        File.WriteAllText(Path.Combine(folder["dark"], "bad.png"), "no image");
        var source = new FolderSource(folder.Path, new ImageFolderOptions { OnBroken = _ => { } });
        Assert.Equal(["bright", "dark", "dark"], source.ClassOfEach);
        using var features = FeatureExtraction.Of(new TwoKinds(), source);
        Assert.Equal((2, null), (features.Count, features.ClassOfEach));
        Assert.Contains("of which no image is left out", Refusal(features), StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_is_missing()
    {
        using var network = new TwoKinds();
        using var images = zeros([2, 1, 1, 1], ScalarType.Byte);
        using var plain = FeatureExtraction.Of(network, "plain", images);
        Assert.Contains("plain has none: take a generator with classes (conditional=true), or a folder with a sub-folder a class",
            Refusal(plain), StringComparison.Ordinal);
        using var set = new ImageSet("cats", images.clone(), tensor([0L, 1]), ["cat", "dark"]);
        using var cats = FeatureExtraction.Of(network, set);
        Assert.Contains("cats has the class cat, and two-kinds knows bright, dark.", Refusal(cats), StringComparison.Ordinal);
        using var given = new FeatureSet("given", zeros(2, 3), zeros(2, 2));
        Assert.Contains("a classifier whose classes have names, and given is none: choose another with --network", Refusal(given),
            StringComparison.Ordinal);
    }

    private static string Refusal(FeatureSet set) =>
        Assert.Throws<ArgumentException>(() => MetricEvaluation.Run(set, set, Accuracy)).Message;

    private sealed class TwoKinds : IFeatureNetwork
    {
        public static readonly string[] Names = ["bright", "dark"];

        public string Name => "two-kinds";

        public string Sha256 => "";

        public ImagePreparation Preparation { get; } = new(1, 1, ImageResizers.All.Find("clean"), [127.5], [1]);

        public int Width => 1;

        public IReadOnlyList<string> ClassNames => Names;

        public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
        {
            using var value = prepared.flatten(1); // (B, 1)
            return (value.clone(), cat([value, -value], 1));
        }

        public void Dispose()
        {
        }
    }
}
