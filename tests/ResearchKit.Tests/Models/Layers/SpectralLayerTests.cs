using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Layers;

/// <summary>What spectral normalisation promises.</summary>
public class SpectralLayerTests
{
    public static TheoryData<string> Names => [.. SpectralLayers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluation_moves_nothing_and_training_does(string name)
    {
        using var layer = SpectralLayers.Build(name);
        var start = layer.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        layer.eval();
        using var first = layer.call(SpectralLayers.Input(name));
        Assert.All(start, t => Assert.Equal(0, (t.Value - layer.state_dict()[t.Key]).abs().max().item<float>()));
        using var second = layer.call(SpectralLayers.Input(name));
        Assert.Equal(0, (first - second).abs().max().item<float>());
        layer.train();
        using (no_grad()) // sampling in training mode iterates too, as in PyTorch
        {
            layer.call(SpectralLayers.Input(name)).Dispose();
        }

        Assert.NotEqual(0, (start["weight_u"] - layer.state_dict()["weight_u"]).abs().max().item<float>());
        Assert.Equal(0, (start["weight_orig"] - layer.state_dict()["weight_orig"]).abs().max().item<float>());
    }

    [Fact]
    public void The_iteration_finds_the_largest_singular_value()
    {
        RandomState.Seed(2);
        using var layer = new SpectralLinear(20, 30, hasBias: false);
        layer.to(ScalarType.Float64);
        using var x = randn(500, 20, dtype: ScalarType.Float64);
        for (var i = 0; i < 300; i++)
        {
            layer.call(x).Dispose();
        }

        using var sigma = layer.Sigma();
        Assert.Equal(linalg.svdvals(layer.state_dict()["weight_orig"]).max().item<double>(), sigma.item<double>(), 1e-6);
        Assert.False(sigma.requires_grad);
        using var stretch = layer.call(x).norm(1) / x.norm(1);
        Assert.InRange(stretch.max().item<double>(), 0.5, 1 + 1e-6);
    }

    [Fact]
    public void Maxout_on_a_normalised_matrix_stretches_nothing()
    {
        RandomState.Seed(3);
        using var layer = new LinearMaxout(4, 6, 3, spectral: true);
        using var x = randn(400, 4);
        using var y = randn(400, 4);
        for (var i = 0; i < 100; i++)
        {
            layer.call(x).Dispose();
        }

        using var stretch = (layer.call(x) - layer.call(y)).norm(1) / (x - y).norm(1);
        Assert.InRange(stretch.max().item<float>(), 0.3f, 1 + 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Leave_nothing_behind(string name)
    {
        using var layer = SpectralLayers.Build(name);
        using var x = SpectralLayers.Input(name);
        Step(); // the gradients' own tensors come with the first
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        for (var i = 0; i < 20; i++)
        {
            Step();
        }

        Assert.Equal(live, Tensor.TotalCount);

        void Step()
        {
            using var y = layer.call(x); // no scope around it: what the layer forgets would stay
            using var sum = y.sum();
            sum.backward();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Outlive_the_scope_in_which_they_were_built(string name)
    {
        nn.Module<Tensor, Tensor> layer;
        using (NewDisposeScope())
        {
            layer = SpectralLayers.Build(name);
        }

        layer.call(SpectralLayers.Input(name)).Dispose();
        layer.Dispose();
    }

    [Fact]
    public void Sizes_that_make_no_layer_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralConv1d(1, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralConv2d(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralConv2d(1, 1, 1, padding: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralConvTranspose2d(1, 1, 1, stride: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralLinear(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralEmbedding(0, 1));
    }
}
