using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Layers;

/// <summary>Against torch.nn.utils.spectral_norm (tests/peers/stabilizers.py), and what the normalisation promises.</summary>
public class SpectralLayerTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stabilizers.safetensors"));

    public static TheoryData<string> Names => ["conv1d", "conv2d", "transposed", "linear", "embedding"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Start_as_PyTorch_starts_them_from_the_same_seed(string name)
    {
        RandomState.Seed(41);
        using var layer = Build(name);
        var expected = Reference.Under($"layer.{name}.start.");
        var actual = layer.state_dict();
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, e => AssertNear(e.Value, actual[e.Key], 1e-6, e.Key));
        Assert.Equal(["weight_u", "weight_v"], layer.named_buffers().Select(b => b.name).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Train_as_in_PyTorch_in_float64(string name) => Follow(name, "float64", ScalarType.Float64, 1e-12);

    [Theory]
    [MemberData(nameof(Names))]
    public void Train_as_in_PyTorch_in_float32(string name) => Follow(name, "float32", ScalarType.Float32, 1e-6);

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluation_moves_nothing_and_training_does(string name)
    {
        using var layer = Build(name);
        var start = layer.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        layer.eval();
        using var first = layer.call(Input(name, ScalarType.Float32));
        Assert.All(start, t => Assert.Equal(0, (t.Value - layer.state_dict()[t.Key]).abs().max().item<float>()));
        using var second = layer.call(Input(name, ScalarType.Float32));
        Assert.Equal(0, (first - second).abs().max().item<float>());
        layer.train();
        using (no_grad()) // sampling in training mode iterates too, as in PyTorch
        {
            layer.call(Input(name, ScalarType.Float32)).Dispose();
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
        using var layer = Build(name);
        using var x = Input(name, ScalarType.Float32);
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
            layer = Build(name);
        }

        layer.call(Input(name, ScalarType.Float32)).Dispose();
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

    private static void Follow(string name, string precision, ScalarType dtype, double tolerance)
    {
        using var layer = Build(name);
        layer.load_state_dict(Reference.Under($"layer.{name}.start."));
        layer.to(dtype);
        for (var step = 0; step < 3; step++)
        {
            var expected = Reference.Under($"layer.{name}.{precision}.{step}.");
            using var x = Input(name, dtype);
            x.requires_grad = x.is_floating_point();
            layer.zero_grad();
            using var y = layer.call(x);
            y.square().mean().backward();
            AssertNear(expected["output"], y, tolerance, "output");
            AssertNear(expected["sigma"], Sigma(layer), tolerance, "sigma");
            AssertNear(expected.GetValueOrDefault("gradient.input"), x.grad, tolerance, "input");
            using var noGrad = no_grad();
            foreach (var (key, parameter) in layer.named_parameters())
            {
                AssertNear(expected["gradient." + key], parameter.grad, 4 * tolerance, key); // a difference: its part along the weight was taken off
                parameter.sub_(0.5 * parameter.grad!);
            }
        }

        layer.eval();
        using var last = layer.call(Input(name, dtype));
        AssertNear(Reference[$"layer.{name}.{precision}.evaluation"], last, tolerance, "evaluation");
    }

    private static nn.Module<Tensor, Tensor> Build(string name) => name switch
    {
        "conv1d" => new SpectralConv1d(2, 3, 3, 2, 1),
        "conv2d" => new SpectralConv2d(2, 3, 3, 2, 1),
        "transposed" => new SpectralConvTranspose2d(2, 3, 4, 2, 1),
        "linear" => new SpectralLinear(4, 3),
        _ => new SpectralEmbedding(6, 4),
    };

    private static Tensor Sigma(nn.Module layer) => layer switch
    {
        SpectralConv1d l => l.Sigma(),
        SpectralConv2d l => l.Sigma(),
        SpectralConvTranspose2d l => l.Sigma(),
        SpectralLinear l => l.Sigma(),
        _ => ((SpectralEmbedding)layer).Sigma(),
    };

    private static Tensor Input(string name, ScalarType dtype)
    {
        var x = Reference[$"layer.{name}.input"];
        return name == "embedding" ? x.clone() : x.to(dtype, copy: true);
    }

    private static void AssertNear(Tensor? expected, Tensor? actual, double tolerance, string what)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is not null)
        {
            TensorAssert.Near(expected, actual!, tolerance, what);
        }
    }
}
