using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Modes;

public class StackedModesTests
{
    /// <summary>Reads a digit out of the first pixel's byte, as sure as the second one's byte says: tens of per cent.</summary>
    private sealed class Reader(int classes = 10) : IFeatureNetwork
    {
        public string Name => "reader";

        public string Sha256 => "";

        public ImagePreparation Preparation { get; } = new(2, 1, ImageResizers.All.Find("clean"), [1], [0]);

        public int Width => 1;

        public void Dispose()
        {
        }

        public (Tensor Features, Tensor? Logits) Extract(Tensor images)
        {
            var logits = zeros(images.shape[0], classes);
            for (var i = 0; i < images.shape[0]; i++)
            {
                var sure = images[i, 0, 0, 1].item<float>() / 100.0;
                logits[i, (long)images[i, 0, 0, 0].item<float>()] = Math.Log(sure / ((1 - sure) / 9));
            }

            return (zeros(images.shape[0], 1), logits);
        }
    }

    // One picture: a digit and how sure, in per cent, for each channel.
    private static Tensor Picture(params (int Digit, int Sure)[] channels)
    {
        var image = zeros(1, 3, 2, 2);
        foreach (var (c, (digit, sure)) in channels.Index())
        {
            image[0, c, 0, 0] = digit / 127.5f - 1;
            image[0, c, 0, 1] = sure / 127.5f - 1;
        }

        return image;
    }

    [Fact]
    public void A_triple_counts_only_where_every_channel_is_sure()
    {
        using var scope = NewDisposeScope();
        var nan = Picture((5, 99), (5, 99), (5, 99));
        nan[0, 2, 0, 0] = float.NaN;
        var images = cat([Picture((0, 99), (4, 95), (7, 91)), Picture((0, 92), (4, 92), (7, 92)), Picture((9, 99), (9, 99), (9, 89)),
            Picture((1, 95), (2, 95), (3, 95)), nan]);
        var modes = StackedModes.Measure(images, new Reader(), 0.9);
        Assert.Equal((5, 2, 3), (modes.Samples, modes.Modes, modes.ModesWithoutGate));
        Assert.Equal((2, 1, 0), (modes.PerMode[47], modes.PerMode[123], modes.PerMode[999]));
        Assert.Equal(3, modes.PerMode.Sum());
        Assert.Equal(0.4, modes.Uncertain, 1e-12);
        Assert.Equal((0.95 + 0.92 + (0.99 + 0.99 + 0.89) / 3 + 0.95) / 5, modes.Confidence, 1e-6);
        Assert.Equal((2 / 3.0 * Math.Log(2000 / 3.0)) + (1 / 3.0 * Math.Log(1000 / 3.0)), modes.ReverseKl, 1e-9);
        // of four finite pictures two, one and one
        Assert.Equal((0.5 * Math.Log(500)) + (0.5 * Math.Log(250)), modes.ReverseKlWithoutGate, 1e-9);
        Assert.Equal(3, StackedModes.Measure(images, new Reader(), 0).Modes);
        Assert.Equal("2/1000 modes in 5 images (3 without the gate of 0.9), uncertain 40.0%, mean confidence 0.755, KL to uniform 6.271",
            modes.ToString());
        var parts = StackedModes.Measure(images.split(2), new Reader(), 0.9);
        Assert.Equal(modes.PerMode, parts.PerMode);
        Assert.Equal(modes with { PerMode = parts.PerMode }, parts);
    }

    [Fact]
    public void Where_nothing_counts_there_is_no_histogram()
    {
        using var scope = NewDisposeScope();
        var modes = StackedModes.Measure(Picture((1, 50), (1, 99), (1, 99)), new Reader());
        Assert.Equal((0, 1.0, true), (modes.Modes, modes.Uncertain, double.IsNaN(modes.ReverseKl)));
    }

    /// <summary>Digits that the classifier was not trained on: what a perfect generator would score under it.</summary>
    [Fact]
    public void Real_triples_score_nearly_what_a_perfect_generator_does()
    {
        using var classifier = FeatureNetworks.Load("digits-28");
        using var digits = DataCatalog.Find().LoadImages("digits", "test");
        using var triples = new StackedDigits(digits, 2000, seed: 2);
        using var images = triples.First(2000);
        var gated = StackedModes.Measure(images, classifier);
        var (modes, divergence) = StackedExpectation.Of((long)(2000 * (1 - gated.Uncertain)));
        Assert.InRange(gated.Modes, modes - 30, modes + 30);
        Assert.InRange(gated.ReverseKl, divergence - 0.03, divergence + 0.05);
        Assert.InRange(gated.Uncertain, 0.2, 0.26); // the price of the gate
        var right = triples.Labels.data<long>().Zip(Labels(images, classifier), (a, b) => a == b ? 1.0 : 0).Average();
        Assert.Equal(Math.Pow(FeatureNetworks.All.Find("digits-28").Accuracy!.Value, 3), right, 0.02);
    }

    [Fact]
    public void Noise_earns_modes_only_without_the_gate()
    {
        using var scope = NewDisposeScope();
        using var classifier = FeatureNetworks.Load("digits-28");
        using var digits = DataCatalog.Find().LoadImages("digits", "test");
        using var triples = new StackedDigits(digits, 500, seed: 2);
        var overlaid = (triples.First(500) + triples.First(500).flip(0)) / 2; // two digits in one another
        var modes = StackedModes.Measure(overlaid, classifier);
        Assert.True(modes.ModesWithoutGate > 3 * modes.Modes, modes.ToString());
    }

    [Fact]
    public void What_cannot_be_read_is_refused_in_one_sentence()
    {
        using var scope = NewDisposeScope();
        using var fashion = FeatureNetworks.Load("digits-28");
        Assert.Contains("(2, 1, 28, 28)",
            Assert.Throws<ArgumentException>(() => StackedModes.Measure(zeros(2, 1, 28, 28), new Reader())).Message,
            StringComparison.Ordinal);
        Assert.Contains("N >= 1", Assert.Throws<ArgumentException>(() => StackedModes.Measure(zeros(0, 3, 28, 28), new Reader())).Message,
            StringComparison.Ordinal);
        Assert.Contains("must be floats",
            Assert.Throws<ArgumentException>(() => StackedModes.Measure(zeros([1, 3, 28, 28], ScalarType.Byte), new Reader())).Message,
            StringComparison.Ordinal);
        Assert.Contains("reader has 12 classes",
            Assert.Throws<ArgumentException>(() => StackedModes.Measure(Picture((1, 50), (1, 50), (1, 50)), new Reader(12))).Message,
            StringComparison.Ordinal);
        Assert.Contains("no images", Assert.Throws<ArgumentException>(() => StackedModes.Measure([], new Reader())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => StackedModes.Measure(zeros(1, 3, 28, 28), new Reader(), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => StackedModes.Measure(zeros(1, 3, 28, 28), new Reader(), double.NaN));
    }

    private static IEnumerable<long> Labels(Tensor images, IFeatureNetwork classifier) =>
        images.split(1).Select(i => (long)StackedModes.Measure(i, classifier, 0).PerMode.Index().Single(m => m.Item > 0).Index);
}
