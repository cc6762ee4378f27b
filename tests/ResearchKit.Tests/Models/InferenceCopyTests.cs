using ResearchKit.Data.Text;
using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class InferenceCopyTests
{
    private const InferenceForms Every = InferenceForms.Folded | InferenceForms.Dense | InferenceForms.ChannelsLast;

    public static TheoryData<InferenceForms> Forms =>
        [InferenceForms.None, InferenceForms.Folded, InferenceForms.Dense, InferenceForms.ChannelsLast, Every];

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_copy_draws_the_same_and_the_generator_stays_as_it_is(InferenceForms forms)
    {
        using var scope = NewDisposeScope();
        foreach (var (type, tolerance) in ((ScalarType, double)[])[(ScalarType.Float32, 1e-5), (ScalarType.Float64, 1e-12)])
        {
            using var g = Trained(new DcganGenerator(28, 1, features: 4, latentSize: 8, SampleClasses.Equally(["a", "b"])));
            g.to(type);
            var before = g.state_dict().ToDictionary(s => s.Key, s => s.Value.clone());
            var z = NormalLatents.Draw(3, 8, seed: 1).to(type);
            var y = tensor(new long[] { 0, 1, 1 });
            var random = RandomState.Capture();
            using var copy = InferenceCopy.Of(g, forms);
            Assert.Equal(random.Bytes.ToArray(), RandomState.Capture().Bytes.ToArray());
            g.eval();
            TensorAssert.Near(g.Call(z, y), copy.Call(z, y), tolerance, $"{forms} {type}");
            Assert.Equal(type, copy.Call(z, y).dtype);
            Assert.All(g.state_dict(), s => Assert.True(s.Value.Equals(before[s.Key])));
            Assert.False(copy.training);
        }
    }

    [Fact]
    public void Folding_takes_the_normalisation_away()
    {
        using var g = Trained(new DcganGenerator(32, 3, features: 4, latentSize: 8));
        using var folded = InferenceCopy.Of(g, InferenceForms.Folded);
        foreach (var norm in folded.modules().OfType<BatchNorm2d>())
        {
            using var noGrad = no_grad();
            norm.weight!.fill_(float.NaN); // nobody looks at it
        }

        using var z = NormalLatents.Draw(2, 8, seed: 1);
        using var finite = folded.call(z).isfinite().all();
        Assert.True(finite.item<bool>());
    }

    [Theory]
    [MemberData(nameof(ArchitecturesTests.Names), MemberType = typeof(ArchitecturesTests))]
    public void What_fits_a_network_of_the_register_changes_no_sample(string name)
    {
        using var scope = NewDisposeScope();
        var architecture = Architectures.All.Find(name);
        var options = architecture.Example.Options with
        {
            Architecture = name, Latent = architecture.Uses.Contains(nameof(NetworkOptions.Latent)) ? 5 : null,
            Features = architecture.Uses.Contains(nameof(NetworkOptions.Features)) ? 16 : null,
        };
        var classes = options.Conditional ? SampleClasses.Equally(["a", "b"]) : null;
        var images = new SampleShape(SampleKind.Images, 28, 3, classes);
        var shape = architecture.Takes == SampleKind.Points ? new SampleShape(SampleKind.Points, 2, 1)
            : architecture.Takes == SampleKind.Sounds ? new SampleShape(SampleKind.Sounds, 4096, 1)
            : architecture.Takes == SampleKind.Lines ? new SampleShape(SampleKind.Lines, 8, 1) { Vocabulary = new Vocabulary("abc") }
            : architecture.Takes == SampleKind.Clips ? new SampleShape(SampleKind.Clips, 32, 3)
            : architecture.Refuses?.Invoke(options, images) is null ? images : images with { Size = 32 };
        var (g, d) = architecture.Build(options, shape);
        using var owned = d;
        using var trained = Trained(g);
        g.eval();
        var forms = InferenceCopy.Fitting(g);
        using var copy = InferenceCopy.Of(g, forms);
        var z = NormalLatents.Draw(2, g.LatentSize, seed: 1);
        TensorAssert.Near(g.Call(z, null), copy.Call(z, null), 1e-4, $"{name} {forms}");
        Assert.Equal(architecture.Takes.HasColour(), forms.HasFlag(InferenceForms.ChannelsLast));
        Assert.Equal(name is "dcgan" or "unrolled-digits" or "mocogan" or "wavegan", forms.HasFlag(InferenceForms.Dense));
    }

    [Fact]
    public void Sounds_are_the_same_to_rounding_and_the_generator_can_be_freed()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(1);
        var g = new WaveGanGenerator(4096, features: 2, latentSize: 6).to(ScalarType.Float64);
        using (no_grad())
        {
            g.parameters().ToList().ForEach(p => p.add_(randn_like(p), alpha: 0.1)); // biases that are not 0
        }

        using var copy = InferenceCopy.Of(g, InferenceForms.Dense);
        var z = NormalLatents.Draw(3, 6, seed: 1).to(ScalarType.Float64);
        var expected = g.call(z);
        g.Dispose();
        var made = copy.call(z);
        Assert.Equal([3, 1, 4096], made.shape);
        TensorAssert.Near(expected, made, 1e-12, "sounds");
    }

    [Theory]
    [InlineData(25, 4, 10)]
    [InlineData(24, 4, 10)]
    [InlineData(4, 2, 1)]
    [InlineData(3, 3, 0)]
    [InlineData(4, 3, 0)]
    [InlineData(13, 4, 4)]
    [InlineData(9, 2, 2)]
    public void A_transposed_convolution_is_a_convolution_of_more_outputs(int kernel, int stride, int padding)
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(2);
        var layer = nn.ConvTranspose1d(3, 5, kernel, stride: stride, padding: padding, dtype: ScalarType.Float64);
        var x = randn(2, 3, 7, dtype: ScalarType.Float64);
        if (kernel == 9)
        {
            Assert.Throws<ArgumentException>(() => new SubpixelConvTranspose1d(layer));
            return;
        }

        TensorAssert.Near(layer.call(x).narrow(2, 0, 7 * stride), new SubpixelConvTranspose1d(layer).call(x), 1e-12, $"{kernel} {stride}");
    }

    [Fact]
    public void A_form_that_changes_nothing_is_refused_in_a_sentence()
    {
        using var sounds = new WaveGanGenerator(4096, features: 1, latentSize: 4);
        Assert.Equal(InferenceForms.Dense, InferenceCopy.Fitting(sounds));
        using var points = new MlpGenerator(2, 2);
        Assert.Equal(InferenceForms.None, InferenceCopy.Fitting(points));
        Assert.Contains("This WaveGanGenerator has no batch normalisation right after a convolution",
            Assert.Throws<ArgumentException>(() => InferenceCopy.Of(sounds, InferenceForms.Folded)).Message, StringComparison.Ordinal);
        Assert.Contains("no other form is better",
            Assert.Throws<ArgumentException>(() => InferenceCopy.Of(points, InferenceForms.Dense)).Message, StringComparison.Ordinal);
        Assert.Contains("no 2-D convolution",
            Assert.Throws<ArgumentException>(() => InferenceCopy.Of(sounds, InferenceForms.ChannelsLast)).Message,
            StringComparison.Ordinal);
    }

    // Running averages and biases as training leaves them: not 0 and 1.
    private static LatentGenerator Trained(LatentGenerator g)
    {
        using var noGrad = no_grad();
        RandomState.Seed(3);
        foreach (var norm in g.modules().OfType<BatchNorm2d>())
        {
            norm.running_mean!.normal_(0.3, 0.5);
            norm.running_var!.uniform_(0.2, 2);
            norm.weight?.normal_(1, 0.3);
            norm.bias?.normal_(0, 0.3);
        }

        return g;
    }
}
