using ResearchKit.Losses.Penalties;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Losses.Penalties;

/// <summary>Closed forms for a linear discriminator, whose slope is its weight; values and gradients of a curved one against
/// PyTorch.</summary>
public class DiscriminatorPenaltyTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("penalties.safetensors"));

    private readonly Tensor _real = randn(6, 3, dtype: ScalarType.Float64);
    private readonly Tensor _fake = randn(6, 3, dtype: ScalarType.Float64);

    [Fact]
    public void A_linear_discriminators_penalties_are_those_of_its_weight()
    {
        using var d = Linear([1, 2, 2]); // slope 3
        using var gp = new WganGpPenalty(10);
        Assert.Equal(0.5 * 4 * 9, new R1Penalty(4).On(d, _real, _fake).item<double>(), 1e-12);
        Assert.Equal(0.5 * 4 * 9, new R2Penalty(4).On(d, _real, _fake).item<double>(), 1e-12);
        Assert.Equal(10 * (3 - 1) * (3 - 1), gp.On(d, _real, _fake).item<double>(), 1e-12);
    }

    [Fact]
    public void One_sided_a_slope_below_1_costs_nothing()
    {
        using var gp = new WganGpPenalty(10, oneSided: true);
        using var steep = Linear([1, 2, 2]);
        Assert.Equal(10 * (3 - 1) * (3 - 1), gp.On(steep, _real, _fake).item<double>(), 1e-12);
        Assert.Equal([40.0 / 3, 80.0 / 3, 80.0 / 3], GradientOf(steep, gp), Close);
        using var gentle = Linear([0.1, 0.2, 0.2]);
        Assert.Equal(0, gp.On(gentle, _real, _fake).item<double>());
        Assert.Equal([0, 0, 0], GradientOf(gentle, gp), Close);
    }

    [Theory]
    [InlineData("wgan-gp", "float64", 1e-12)]
    [InlineData("wgan-gp", "float32", 1e-6)]
    [InlineData("r1", "float64", 1e-12)]
    [InlineData("r1", "float32", 1e-6)]
    [InlineData("r2", "float64", 1e-12)]
    [InlineData("r2", "float32", 1e-6)]
    public void Equal_PyTorch_in_value_and_gradient(string name, string precision, double tolerance)
    {
        var dtype = precision == "float64" ? ScalarType.Float64 : ScalarType.Float32;
        using var d = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Flatten(0));
        d.load_state_dict(Reference.Under("d."));
        d.to(dtype);
        using var gp = new WganGpPenalty(10, seed: 13);
        IDiscriminatorPenalty penalty = name switch { "wgan-gp" => gp, "r1" => new R1Penalty(4), _ => new R2Penalty(4) };
        using var value = penalty.On(d, Reference["real"].to(dtype), Reference["fake"].to(dtype));
        value.backward();
        var expected = Reference.Under($"penalty.{name}.{precision}.");
        Assert.Equal(1, (value.to(ScalarType.Float64) / expected["value"].to(ScalarType.Float64)).item<double>(), tolerance);
        foreach (var (key, parameter) in d.named_parameters())
        {
            Assert.True((parameter.grad ?? zeros_like(parameter)).allclose(expected[$"gradient.{key}"], 10 * tolerance, tolerance), key);
        }
    }

    [Fact]
    public void A_flat_place_has_a_finite_gradient()
    {
        using var flat = Linear([0, 0, 0]);
        using var gp = new WganGpPenalty(10);
        Assert.Equal([0, 0, 0], GradientOf(flat, gp), Close); // PyTorch's derivative of a norm at 0
    }

    [Fact]
    public void Their_gradients_reach_the_weights()
    {
        using var d = Linear([1, 2, 2]);
        using var gp = new WganGpPenalty(10);
        Assert.Equal([4, 8, 8], GradientOf(d, new R1Penalty(4)), Close);
        Assert.Equal([40.0 / 3, 80.0 / 3, 80.0 / 3], GradientOf(d, gp), Close); // 2 lambda (s - 1) w / s
    }

    [Fact]
    public void R1_looks_at_real_samples_and_R2_at_generated_ones()
    {
        using var square = new SquareNorm(); // D(x) = |x|^2, slope 2 |x|
        Assert.Equal(0.5 * _real.square().sum(1).mean().item<double>() * 4, new R1Penalty(1)
            .On(square, _real, _fake).item<double>(), 1e-12);
        Assert.Equal(0.5 * _fake.square().sum(1).mean().item<double>() * 4, new R2Penalty(1)
            .On(square, _real, _fake).item<double>(), 1e-12);
    }

    [Fact]
    public void What_would_end_the_process_is_refused_first()
    {
        using var matrix = nn.Linear(3, 2, dtype: ScalarType.Float64);
        Assert.Contains("one logit a sample", Assert.Throws<ArgumentException>(() => new R1Penalty(1).On(matrix, _real, _fake)).Message,
            StringComparison.Ordinal);
        using var constant = new Constant();
        Assert.Contains("do not depend", Assert.Throws<ArgumentException>(() => new R1Penalty(1).On(constant, _real, _fake)).Message,
            StringComparison.Ordinal);
        using var d = Linear([1, 2, 2]);
        using (no_grad())
        {
            Assert.Throws<InvalidOperationException>(() => new R1Penalty(1).On(d, _real, _fake));
        }
    }

    [Fact]
    public void Leave_nothing_but_their_result()
    {
        using var d = Linear([1, 2, 2]);
        using var gp = new WganGpPenalty();
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var first = gp.On(d, _real, _fake);
        using var second = new R1Penalty(1).On(d, _real, _fake);
        Assert.Equal(live + 2, Tensor.TotalCount);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static Sequential Linear(double[] weights)
    {
        var layer = nn.Linear(3, 1, hasBias: false, dtype: ScalarType.Float64);
        using var noGrad = no_grad();
        layer.weight.copy_(tensor(weights).reshape(1, 3));
        return nn.Sequential(layer, nn.Flatten(0));
    }

    private double[] GradientOf(Sequential d, IDiscriminatorPenalty penalty)
    {
        d.zero_grad();
        penalty.On(d, _real, _fake).backward();
        return d.parameters().Single().grad!.data<double>().ToArray();
    }

    private sealed class SquareNorm() : nn.Module<Tensor, Tensor>("square")
    {
        public override Tensor forward(Tensor input) => input.square().sum(1);
    }

    private sealed class Constant() : nn.Module<Tensor, Tensor>("constant")
    {
        public override Tensor forward(Tensor input) => zeros(input.shape[0], dtype: ScalarType.Float64);
    }
}
