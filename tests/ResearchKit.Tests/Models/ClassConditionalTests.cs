using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public sealed class ClassConditionalTests : IDisposable
{
    private static readonly SampleClasses Three = new(["a", "b", "c"], [1, 1, 2]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_generator_has_a_vector_as_long_as_z_for_each_class_beside_z()
    {
        using var scope = NewDisposeScope();
        using var plain = new DcganGenerator(28, 1, 4, 8);
        using var g = new DcganGenerator(28, 1, 4, 8, Three);
        // the vectors, and their rows in the first layer of 16 channels of 4 x 4
        Assert.Equal((3 * 8) + (8 * 16 * 16), Count(g) - Count(plain));
        g.eval();
        var (z, a, b) = (randn(2, 8), zeros(2, ScalarType.Int64), ones(2, ScalarType.Int64));
        Assert.False(g.Call(z, a).allclose(g.Call(z, b)));
        Assert.True(g.Call(z, a)[0].allclose(g.Call(z[..1], a[..1])[0]));
        Assert.True(g.call(z).allclose(g.Call(z, Three.Draw(2, seed: 0)), 0, 0)); // as often as the data have them
        Assert.True(plain.Call(z, a).allclose(plain.call(z))); // who asks for no labels is not told them
    }

    [Theory]
    [InlineData(DiscriminatorNormalization.Batch)]
    [InlineData(DiscriminatorNormalization.Spectral)]
    public void A_discriminator_adds_the_product_of_the_class_with_its_last_features(DiscriminatorNormalization normalization)
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(1);
        using var d = new DcganDiscriminator(28, 1, 4, normalization, classes: 3);
        d.eval();
        var (x, labels) = (randn(2, 1, 28, 28), tensor(new[] { 0L, 2 }));
        var layers = ((TorchSharp.Modules.Sequential)d.children().First()).children().Cast<nn.Module<Tensor, Tensor>>().ToList();
        var h = layers.SkipLast(1).Aggregate(x, (value, layer) => layer.call(value)); // (2, 16, 4, 4)
        var vectors = ((nn.Module<Tensor, Tensor>)d.children().Last()).call(labels); // (2, 16)
        var expected = layers[^1].call(h).flatten() + (vectors * h.sum([2, 3])).sum(1);
        Assert.Equal([2, 16], vectors.shape);
        Assert.True(d.Call(x, labels).allclose(expected, 1e-5, 1e-6));
        Assert.Contains("was built for 3 classes and is told none", Assert.Throws<InvalidOperationException>(() => d.call(x)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_keeps_the_classes_and_one_without_has_no_word_of_them()
    {
        using var scope = NewDisposeScope();
        using var g = new DcganGenerator(28, 1, 4, 8, Three);
        g.eval();
        GeneratorFile.Save(g, _folder["g"]);
        using var loaded = GeneratorFile.Load(_folder["g"]);
        Assert.Equal(["a", "b", "c"], loaded.Labels!.Names);
        Assert.Equal([1, 1, 2], loaded.Labels.Counts);
        var (z, labels) = (randn(3, 8), tensor(new[] { 0L, 1, 2 }));
        Assert.True(loaded.Call(z, labels).allclose(g.Call(z, labels), 0, 0));

        using var plain = new DcganGenerator(28, 1, 4, 8);
        GeneratorFile.Save(plain, _folder["plain"]);
        Assert.DoesNotContain("classes", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder["plain"])),
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_generator_that_broke_down_is_refused()
    {
        using (no_grad())
        {
            using var g = new DcganGenerator(28, 1, 4, 8);
            g.parameters().First()[0, 0, 0, 0] = float.NaN;
            GeneratorFile.Save(g, _folder["nan"]);
        }

        BadFile.Fails(_folder["nan"], "weights that are NaN or infinite (main.0.weight)", () => GeneratorFile.Load(_folder["nan"]));
    }

    [Fact]
    public void Networks_are_told_classes_only_where_options_and_data_say_so()
    {
        using var scope = NewDisposeScope();
        var shape = new SampleShape(SampleKind.Images, 28, 1, Three);
        var options = new NetworkOptions { Features = 4, Latent = 8 };
        Assert.Equal((0, 0), Classes(options));
        Assert.Equal((3, 3), Classes(options with { Conditional = true }));
        Refuses(options with { Conditional = true }, shape with { Classes = null }, "the data have none");
        Refuses(options with { Conditional = true, Pack = 2 }, shape, "packs of 2");
        Refuses(options with { Conditional = true, Architecture = "unrolled-digits" }, shape, "cannot be told classes");

        (int, int) Classes(NetworkOptions o)
        {
            var (g, d) = Architectures.For(o, shape).Build(o, shape);
            return (ClassConditioning.ClassesOf(g), ClassConditioning.ClassesOf(d));
        }

        static void Refuses(NetworkOptions o, SampleShape s, string problem) => Assert.Contains(problem,
            Assert.Throws<ArgumentException>(() => Architectures.For(o, s)).Message, StringComparison.Ordinal);
    }

    private static long Count(nn.Module network) => network.parameters().Sum(p => p.numel());
}
