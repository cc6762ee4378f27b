using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

/// <summary>Numbers come from tests/peers/stylegan2.py, a plain PyTorch definition.</summary>
public sealed class StyleGan2Tests : IDisposable
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stylegan2.safetensors"));
    private static readonly SampleClasses Three = SampleClasses.Equally(["a", "b", "c"]);

    private readonly int _threads = get_num_threads();

    public StyleGan2Tests() => CpuThreads.Use(1); // thousands of tiny operations

    public void Dispose() => CpuThreads.Use(_threads);

    [Theory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void Makes_and_judges_images_as_PyTorch_does(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (g, classes) = ((StyleGan2Generator)Load("g", dtype), (StyleGan2Generator)Load("g-classes", dtype));
        var (z, labels) = (Reference["latents"][0].to(dtype), Reference["labels"][0]);
        var (x, few) = (Reference["pixels"][0].to(dtype) / 127.5 - 1, z[..2]);
        Near("noise", g.call(few));
        Near("styles", g.Map(few));
        Near("truncated", g.Synthesize(g.Map(few, null, 0.6)));
        Near("cutoff", g.Synthesize(g.Map(few, null, 0.6, cutoff: 3)));
        Near("classes", classes.Call(few, labels[..2]));
        Near("d", ((nn.Module<Tensor, Tensor>)Load("d", dtype)).call(x));
        Near("d-classes", ((nn.Module<Tensor, Tensor>)Load("d-classes", dtype)).Call(x, labels));
        Near("orig", ((nn.Module<Tensor, Tensor>)Load("orig", dtype)).call(x));
        g.Noise = NoiseSource.None;
        Near("no-noise", g.call(few));

        void Near(string name, Tensor actual) => TensorAssert.Near(Reference[$"forward.{name}"], actual, tolerance, name);
    }

    [Fact]
    public void Draws_the_weights_that_PyTorch_draws_from_the_same_seed_under_the_authors_names()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(5);
        foreach (var name in (string[])["g", "g-classes", "d", "d-classes", "orig"])
        {
            var state = Build(name).state_dict().OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
            Assert.Equal(Reference.Under($"{name}.").Keys.Order(StringComparer.Ordinal), state.Select(s => s.Key));
            TensorAssert.Near(Reference[$"start.{name}"], stack([.. state.Select(s => s.Value.to(ScalarType.Float64).abs().sum())]), 1e-7,
                name);
        }
    }

    /// <summary>As counted from the authors' definitions; "small" fits a CPU.</summary>
    [Theory]
    [InlineData(32, 512, 512, 2, 0, false, 19_947_539, 20_720_641)] // cifar
    [InlineData(32, 512, 512, 2, 10, false, 20_215_315, 23_089_664)]
    [InlineData(64, 512, 512, 2, 0, true, 22_243_608, 23_407_361)] // auto
    [InlineData(256, 512, 512, 8, 0, true, 24_767_458, 24_001_089)] // paper256
    [InlineData(1024, 512, 512, 8, 0, true, 30_370_060, 29_012_513)] // stylegan2 (F)
    [InlineData(32, 64, 128, 2, 0, true, 384_147, 337_281)] // small
    public void Has_the_authors_number_of_parameters(int size, int features, int latent, int layers, int classes, bool shortcuts, long ofG,
        long ofD)
    {
        var names = classes == 0 ? null : SampleClasses.Equally([.. Enumerable.Range(0, classes).Select(k => $"{k}")]);
        using var g = new StyleGan2Generator(size, 3, features, latent, layers, classes: names);
        using var d = new StyleGan2Discriminator(size, 3, features, shortcuts: shortcuts, classes: classes);
        Assert.Equal((ofG, ofD), (ModelSummary.Count(g), ModelSummary.Count(d)));
        Assert.Equal(2 * int.Log2(size) - 2, g.Styles);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_modulated_convolution_is_one_with_a_kernel_for_each_sample_and_keeps_the_variance(bool doubling)
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(2);
        var layer = new ModulatedConv2d(4, 5, 6, doubling ? 64 : 32, doubling) { Noise = NoiseSource.None };
        layer.to(ScalarType.Float64);
        var (x, w) = (randn([3, 4, 32, 32], ScalarType.Float64), randn([3, 6], ScalarType.Float64));
        var y = layer.call(x, w);
        var (weight, affine) = (layer.get_parameter("weight")!, (nn.Module<Tensor, Tensor>)layer.children().Single());
        foreach (var (i, style) in affine.call(w).unbind(0).Index())
        {
            var kernel = weight * style.reshape(1, -1, 1, 1);
            kernel /= (kernel.square().sum([1, 2, 3], keepdim: true) + 1e-8).sqrt();
            var one = x[i..(i + 1)];
            var expected = !doubling ? nn.functional.conv2d(one, kernel, padding: [1, 1])
                : BinomialFilter.Blur(nn.functional.conv_transpose2d(one, kernel.transpose(0, 1), strides: [2, 2]),
                    BinomialFilter.Kernel(4).to(ScalarType.Float64), 1);
            TensorAssert.Near(nn.functional.leaky_relu(expected, 0.2) * Math.Sqrt(2), y[i..(i + 1)], 1e-12, $"sample {i}");
        }

        if (!doubling)
        {
            // 2 (1 + 0.2^2) / 2 of N(0, 1)
            var energy = y[.., .., 1..^1, 1..^1].square().mean([2, 3]).mean([0]); // (5), without the border
            Assert.All(energy.data<double>(), e => Assert.InRange(e, 0.9, 1.2));
        }
    }

    [Fact]
    public void Noise_is_fresh_in_training_fixed_in_evaluation_and_nothing_at_strength_0()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var g = new StyleGan2Generator(16, 1, 4, 6, mixing: 0);
        var z = randn(2, 6);
        g.train();
        Assert.True(g.call(z).allclose(g.call(z), 0, 0)); // the strengths start at 0
        foreach (var (name, parameter) in g.named_parameters())
        {
            if (name.EndsWith("noise_strength", StringComparison.Ordinal))
            {
                parameter.fill_(0.5);
            }
        }

        Assert.False(g.call(z).allclose(g.call(z)));
        Assert.False(g.Synthesize(g.Map(z[..1]).repeat(2, 1, 1)) is var same && same[0].allclose(same[1])); // of each sample its own
        g.eval();
        Assert.True(g.call(z).allclose(g.call(z), 0, 0));
        g.Noise = NoiseSource.Fresh;
        Assert.False(g.call(z).allclose(g.call(z)));
        g.Noise = NoiseSource.Constant;
        var evaluated = g.call(z);
        g.train();
        Assert.True(evaluated.allclose(g.call(z), 0, 0));
        g.Noise = NoiseSource.None;
        Assert.False(evaluated.allclose(g.call(z)));
    }

    [Fact]
    public void The_mean_style_follows_the_main_z_of_training_alone()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        RandomState.Seed(1);
        var g = new StyleGan2Generator(16, 1, 4, 6, mixing: 1);
        var z = randn(4, 6);
        g.eval();
        var w = g.Map(z)[.., 0]; // (4, 6)
        g.call(z);
        Assert.Equal(0, g.MeanStyle.abs().max().item<float>());
        g.train();
        g.Map(z);
        TensorAssert.Near(w.mean([0]) * 0.005, g.MeanStyle, 1e-5, "mean");
        g.Map(z);
        TensorAssert.Near(w.mean([0]) * (0.005 + 0.995 * 0.005), g.MeanStyle, 1e-5, "mean");
    }

    [Fact]
    public void Styles_of_a_training_batch_are_mixed_at_one_cutoff_as_often_as_was_asked()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        RandomState.Seed(4);
        var z = randn(3, 6);
        var cutoffs = new List<int>();
        foreach (var mixing in new[] { 0, 0.75, 1 })
        {
            var g = new StyleGan2Generator(16, 1, 4, 6, mixing: mixing);
            g.eval();
            var w = g.Map(z); // (3, 6, 6)
            Assert.True(w.allclose(w[.., ..1].expand_as(w), 0, 0));
            g.train();
            var mixed = 0;
            for (var i = 0; i < 200; i++)
            {
                using var inner = NewDisposeScope();
                var own = g.Map(z).isclose(w).all(2); // (3, 6): whose style it is
                var cutoff = own[0].sum().item<long>();
                mixed += cutoff < 6 ? 1 : 0;
                Assert.True(own.eq(arange(6) < cutoff).all().item<bool>());
                cutoffs.Add((int)cutoff);
            }

            Assert.InRange(mixed, mixing * 200 - 25, mixing * 200 + 25);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], cutoffs.Distinct().Order());
    }

    [Fact]
    public void Truncation_draws_all_samples_to_the_mean()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var g = (StyleGan2Generator)Load("g", ScalarType.Float32);
        var z = randn(3, 6);
        var images = g.Synthesize(g.Map(z, null, truncation: 0));
        Assert.True(images.allclose(images[..1].expand_as(images), 1e-5, 1e-6));
        Assert.False(g.call(z) is var whole && whole[0].allclose(whole[1], 1e-3, 1e-3));
        Assert.True(g.Map(z, null, 0, cutoff: 0).allclose(g.Map(z)));
        Assert.True(g.Map(z, null, 0, cutoff: 99).allclose(g.Map(z, null, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => g.Map(z, null, 0.5, cutoff: -1));
    }

    [Fact]
    public void Labels_that_are_not_given_are_drawn_as_the_data_have_them()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var g = (StyleGan2Generator)Load("g-classes", ScalarType.Float32);
        var z = randn(4, 6);
        var labels = Three.Draw(4, seed: 0);
        Assert.True(g.Map(z).allclose(g.Map(z, labels), 0, 0));
        Assert.False(g.Map(z).allclose(g.Map(z, (labels + 1) % 3)));
        var d = (StyleGan2Discriminator)Load("d-classes", ScalarType.Float32);
        Assert.Throws<InvalidOperationException>(() => d.call(zeros(4, 3, 16, 16)));
    }

    [Fact]
    public void Other_sizes_are_told_what_there_is()
    {
        Assert.Contains("a power of two from 8 to 1024 pixels, not 48",
            Assert.Throws<ArgumentOutOfRangeException>(() => new StyleGan2Generator(48)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StyleGan2Discriminator(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StyleGan2Generator(16, layers: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StyleGan2Generator(16, mixing: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StyleGan2Discriminator(16, minibatchStandardDeviation: 1));
        var shape = new SampleShape(SampleKind.Images, 16, 1);
        Assert.Contains("has at least 1 layer", Assert.Throws<ArgumentException>(() =>
            Architectures.For(new NetworkOptions { Architecture = "stylegan2", Layers = 0 }, shape)).Message, StringComparison.Ordinal);
    }

    /// <summary>A network of the reference file, in evaluation mode.</summary>
    internal static nn.Module Load(string name, ScalarType dtype)
    {
        var network = Build(name);
        network.load_state_dict(Reference.Under($"{name}."));
        network.to(dtype);
        network.eval();
        return network;
    }

    private static nn.Module Build(string name) => name switch
    {
        "g" => new StyleGan2Generator(16, 3, 8, 6, 3),
        "g-classes" => new StyleGan2Generator(16, 3, 8, 6, 3, classes: Three),
        "d" => new StyleGan2Discriminator(16, 3, 8),
        "d-classes" => new StyleGan2Discriminator(16, 3, 8, classes: 3),
        _ => new StyleGan2Discriminator(16, 3, 8, shortcuts: false),
    };
}
