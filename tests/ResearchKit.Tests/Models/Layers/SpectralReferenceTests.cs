using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Layers;

/// <summary>The spectrally normalised layers against torch.nn.utils.spectral_norm (tests/peers/stabilizers.py).</summary>
public class SpectralReferenceTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stabilizers.safetensors"));

    public static TheoryData<string> Names => [.. SpectralLayers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Start_as_PyTorch_starts_them_from_the_same_seed(string name)
    {
        RandomState.Seed(41);
        using var layer = SpectralLayers.Build(name);
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

    private static void Follow(string name, string precision, ScalarType dtype, double tolerance)
    {
        using var layer = SpectralLayers.Build(name);
        layer.load_state_dict(Reference.Under($"layer.{name}.start."));
        layer.to(dtype);
        for (var step = 0; step < 3; step++)
        {
            var expected = Reference.Under($"layer.{name}.{precision}.{step}.");
            using var x = SpectralLayers.Input(name, dtype);
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
                // a difference: its part along the weight was taken off
                AssertNear(expected["gradient." + key], parameter.grad, 4 * tolerance, key);
                parameter.sub_(0.5 * parameter.grad!);
            }
        }

        layer.eval();
        using var last = layer.call(SpectralLayers.Input(name, dtype));
        AssertNear(Reference[$"layer.{name}.{precision}.evaluation"], last, tolerance, "evaluation");
    }

    private static Tensor Sigma(nn.Module layer) => layer switch
    {
        SpectralConv1d l => l.Sigma(),
        SpectralConv2d l => l.Sigma(),
        SpectralConvTranspose2d l => l.Sigma(),
        SpectralLinear l => l.Sigma(),
        _ => ((SpectralEmbedding)layer).Sigma(),
    };

    private static void AssertNear(Tensor? expected, Tensor? actual, double tolerance, string what)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is not null)
        {
            TensorAssert.Near(expected, actual!, tolerance, what);
        }
    }
}
