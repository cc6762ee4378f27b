using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

/// <summary>What holds for every network of the register.</summary>
public sealed class ArchitecturesTests : IDisposable
{
    private static readonly SampleShape Points = new(SampleKind.Points, 2, 1);
    private static readonly SampleShape Images = new(SampleKind.Images, 28, 1);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Architectures.All.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pair_makes_and_scores_its_samples_and_stands_in_a_file(string name)
    {
        using var scope = NewDisposeScope();
        var architecture = Architectures.All.Find(name);
        var conditional = architecture.Example.Options.Conditional;
        var options = new NetworkOptions
        {
            Architecture = name, Latent = architecture.Uses.Contains(nameof(NetworkOptions.Latent)) ? 5 : null,
            Pack = conditional ? 1 : 2, Conditional = conditional,
            Features = architecture.Uses.Contains(nameof(NetworkOptions.Features)) ? 16 : null,
        };
        var shape = architecture.Takes == SampleKind.Points ? Points
            : architecture.Takes == SampleKind.Sounds ? new SampleShape(SampleKind.Sounds, 4096, 1)
            : architecture.Takes == SampleKind.Lines ? new SampleShape(SampleKind.Lines, 6, 1) { Vocabulary = new("añ 世𝄞") }
            : architecture.Takes == SampleKind.Clips ? new SampleShape(SampleKind.Clips, 32, 1) { Frames = 11 }
            : new SampleShape(SampleKind.Images, architecture.Refuses?.Invoke(options, Images) is null ? 28 : 32, 1,
                SampleClasses.Equally(["cat", "dog"]));
        RandomState.Seed(3);
        var (g, d) = Architectures.For(options, shape).Build(options, shape);
        var samples = g.call(randn(4, g.LatentSize));
        Assert.Equal(shape.Batch(4), samples.shape);
        long[] places = name == "mocogan" ? [2, 2 * 16] : []; // of two judges, in two stretches of time
        Assert.Equal([4 / options.Pack, .. places], d.Call(samples, tensor((long[])[0, 1, 1, 0])).shape); // packs of two
        GeneratorFile.Save(g, _folder["g"]);
        using var loaded = GeneratorFile.Load(_folder["g"]);
        g.eval();
        var z = ones(1, g.LatentSize);
        Assert.True(loaded.call(z).allclose(g.call(z), 0, 0));
    }

    [Theory]
    [InlineData("dcgan", 3_576_704, 2_765_568)] // PyTorch's tutorial
    [InlineData("unrolled-digits", 286_795, 571)] // PacGAN's code
    [InlineData("stylegan2", 22_243_608, 23_407_361)] // the authors' code, auto at 64 pixels
    [InlineData("stylegan2-cifar", 19_947_539, 20_720_641)] // cifar
    [InlineData("wavegan", 19_065_345, 17_427_969)] // the authors' code
    [InlineData("text-wgan-gp", 129 * 512 * 32 + 13_112_320 + 513 * 27, 28 * 512 + 13_112_320 + 512 * 32 + 1)] // of 26 letters
    [InlineData("seqgan", 2 * 27 * 32 + 2 * 32 * 128 + 128 + 27, // of 26 letters and the padding; D's filters, highway and output
        27 * 64 + 64 * (100 + 200 * 14 + 100 * 40 + 160 * 35) + 1720 + 2 * 1721 * 1720 + 1721)]
    [InlineData("mocogan", 3_298_836, 663_296 + 2_650_880)] // the authors' code, both patch discriminators
    [InlineData("pacgan", 2 * 400 + 3 * 400 * 400 + 4 * 800 + 401 * 2, 5 * (3 * 200 + 2 * 201 * 200) + 201)]
    [InlineData("mlp", 3 * 32 + 2 * 33 * 32 + 33 * 2, 3 * 32 + 2 * 33 * 32 + 33)]
    public void The_example_has_the_papers_size_where_it_has_one(string name, long ofG, long ofD)
    {
        using var scope = NewDisposeScope();
        var architecture = Architectures.All.Find(name);
        var (options, size) = architecture.Example;
        var shape = new SampleShape(architecture.Takes, size, architecture.Takes.HasColour() ? 3 : 1);
        options = options with { Architecture = name };
        var (g, d) = Architectures.For(options, shape).Build(options, shape);
        Assert.Equal((ofG, ofD), (ModelSummary.Count(g), ModelSummary.Count(d)));
    }

    [Fact]
    public void Auto_is_an_mlp_for_points_and_a_dcgan_for_images_and_the_rest_is_as_built_by_hand()
    {
        Assert.Equal("mlp", Architectures.For(new NetworkOptions { Features = 8 }, Points).Name);
        var options = new NetworkOptions { Features = 4, Latent = 5, MinibatchDeviation = 2 };
        using var scope = NewDisposeScope();
        RandomState.Seed(7);
        var (g, d) = Architectures.For(options, Images).Build(options, Images);
        RandomState.Seed(7);
        Assert.Equal(Numbers(new DcganGenerator(28, 1, 4, 5)), Numbers(g));
        Assert.Equal(Numbers(new DcganDiscriminator(28, 1, 4, minibatchStandardDeviation: 2)), Numbers(d));

        static float[] Numbers(nn.Module network) => [.. network.parameters().SelectMany(p => p.data<float>().ToArray())];
    }

    [Theory]
    [InlineData("big", SampleKind.Points, 2, "there are mlp, dcgan, pacgan, unrolled-digits, wgan-gp, sngan")]
    [InlineData("r3gan", SampleKind.Images, 28, "R3GAN makes images of 8, 16, 32, 64, 128, 256 or 512 pixels, not 28")]
    [InlineData("sngan", SampleKind.Images, 28, "makes images of 32, 64 or 128 pixels, not 28: set --size (imageSize) to that")]
    [InlineData("biggan", SampleKind.Images, 32, "biggan must be told classes: take data with classes and set conditional to true")]
    [InlineData("sagan", SampleKind.Images, 64, "must be told classes")]
    [InlineData("cgan-pd", SampleKind.Images, 64, "must be told classes")]
    [InlineData("pacgan", SampleKind.Images, 28, "The architecture pacgan is for points, and the data are images: choose auto")]
    [InlineData("dcgan", SampleKind.Points, 2, "is for images, and the data are points")]
    [InlineData("auto", SampleKind.Images, 30, "makes images of 28, 32, 64, 128 or 256 pixels, not 30: choose one of these with --size")]
    [InlineData("wavegan", SampleKind.Images, 32, "The architecture wavegan is for sounds, and the data are images: choose auto.")]
    [InlineData("text-wgan-gp", SampleKind.Images, 32, "The architecture text-wgan-gp is for lines, and the data are images: choose auto.")]
    [InlineData("auto", SampleKind.Clips, 48, "A MoCoGAN makes frames of 32, 64 or 128 pixels, not 48: choose one of these with --size")]
    [InlineData("mocogan", SampleKind.Images, 32, "The architecture mocogan is for clips, and the data are images: choose auto.")]
    [InlineData("auto", SampleKind.Sounds, 5000, "A WaveGAN makes sounds of 4096, 16384 or 65536 samples, not 5000: choose one")]
    [InlineData("unrolled-digits", SampleKind.Images, 32, "is for images of 28 x 28 pixels, and these have 32 x 32")]
    public void What_does_not_fit_is_told(string name, SampleKind kind, int size, string problem) => Refuses(new() { Architecture = name },
        new SampleShape(kind, size, 1), problem);

    [Fact]
    public void Options_that_an_architecture_has_not_are_told()
    {
        var none = new NetworkOptions { Normalization = DiscriminatorNormalization.None };
        Refuses(none with { Architecture = "pacgan", Features = 64 }, Points,
            "The architecture pacgan has no choice of features: leave that at auto");
        Refuses(none with { Architecture = "pacgan", MinibatchDeviation = 4 }, Points, "no choice of minibatchDeviation");
        Refuses(new() { Architecture = "pacgan", Normalization = DiscriminatorNormalization.Layer }, Points, "a D of its own");
        Refuses(none with { Architecture = "unrolled-digits", MinibatchDeviation = 4 }, Images, "no choice of minibatchDeviation");
        Refuses(new() { Architecture = "sagan", Features = 8 }, new(SampleKind.Images, 32, 3),
            "sagan needs more features for images of 32 pixels: its attention takes at least 8 channels");
        Refuses(none with { Layers = 4 }, Images, "The architecture dcgan has no choice of layers");
        Refuses(none with { Normalization = DiscriminatorNormalization.Instance }, Points, "choose None, Batch, Layer, Spectral");
    }

    private static void Refuses(NetworkOptions options, SampleShape shape, string problem) => Assert.Contains(problem,
        Assert.Throws<ArgumentException>(() => Architectures.For(options, shape)).Message, StringComparison.Ordinal);
}
