using ResearchKit.Losses;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Losses;

/// <summary>What holds for every adversarial loss; each has a class below with its closed form.</summary>
public abstract class AdversarialLossTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("dcgan.safetensors"));

    protected abstract IAdversarialLoss Loss { get; }

    protected abstract string ReferenceName { get; }

    /// <summary>The values at real logit 0 and fake logit 0, where D cannot tell.</summary>
    protected abstract (double Real, double Fake, double Generator) AtEquilibrium { get; }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-6)]
    public void Equals_PyTorch_in_value_and_gradient(ScalarType dtype, double tolerance)
    {
        AssertEqual("real", (real, fake) => Loss.Discriminator(real, fake).Real, dtype, tolerance);
        AssertEqual("fake", (real, fake) => Loss.Discriminator(real, fake).Fake, dtype, tolerance);
        AssertEqual("generator", (real, fake) => Loss.Generator(Loss.GeneratorSeesReal ? real : null, fake), dtype, tolerance);
    }

    [Fact]
    public void Has_its_closed_form_where_D_cannot_tell()
    {
        using var zero = zeros([4], ScalarType.Float64);
        var terms = Loss.Discriminator(zero, zero);
        Assert.Equal(AtEquilibrium.Real, terms.Real.item<double>(), 1e-12);
        Assert.Equal(AtEquilibrium.Fake, terms.Fake.item<double>(), 1e-12);
        Assert.Equal(AtEquilibrium.Generator, Loss.Generator(zero, zero).item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(-100)]
    [InlineData(100)]
    public void Is_finite_at_extreme_logits_in_float32(float logit)
    {
        using var extreme = full([4], logit).requires_grad_();
        var terms = Loss.Discriminator(extreme, extreme);
        var total = terms.Sum() + Loss.Generator(extreme, extreme);
        total.backward();
        Assert.True(float.IsFinite(total.item<float>()));
        Assert.True(extreme.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Leaves_nothing_but_its_results()
    {
        using var logits = zeros(2, 4);
        using var real = logits[0];
        using var fake = logits[1];
        ResearchKit.Runtime.NativeMemory.Trim();
        var live = Tensor.TotalCount;
        var terms = Loss.Discriminator(real, fake);
        using (terms.Real)
        using (terms.Fake)
        using (Loss.Generator(real, fake))
        {
            Assert.Equal(live + 3, Tensor.TotalCount);
        }
    }

    private void AssertEqual(string part, Func<Tensor, Tensor, Tensor> loss, ScalarType dtype, double tolerance)
    {
        var logits = Reference["loss.logits"].to(dtype, copy: true).requires_grad_();
        var value = loss(logits[0], logits[1]);
        var expectedValue = Reference[$"loss.{ReferenceName}.{part}.value"].item<double>();
        Assert.Equal(expectedValue, value.to(ScalarType.Float64).item<double>(), tolerance * Math.Max(1, Math.Abs(expectedValue)));
        var expected = Reference[$"loss.{ReferenceName}.{part}.gradient"];
        if (!value.requires_grad)
        {
            Assert.Equal(0, expected.abs().max().item<double>());
            return;
        }

        value.backward();
        Assert.True(logits.grad!.to(ScalarType.Float64).allclose(expected, tolerance, tolerance));
    }
}

public sealed class MinimaxLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new MinimaxLoss();

    protected override string ReferenceName => "minimax";

    protected override (double, double, double) AtEquilibrium => (Math.Log(2), Math.Log(2), -Math.Log(2));

    [Fact]
    public void Saturates_where_D_is_sure_of_the_fakes()
    {
        using var fake = full([1], -10.0, ScalarType.Float64).requires_grad_();
        Loss.Generator(null, fake).backward();
        Assert.Equal(-1 / (1 + Math.Exp(10)), fake.grad!.item<double>(), 1e-12);
    }
}

public sealed class NonSaturatingLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new NonSaturatingLoss();

    protected override string ReferenceName => "nonsaturating";

    protected override (double, double, double) AtEquilibrium => (Math.Log(2), Math.Log(2), Math.Log(2));

    [Fact]
    public void Keeps_its_gradient_where_D_is_sure_of_the_fakes()
    {
        using var fake = full([1], -10.0, ScalarType.Float64).requires_grad_();
        Loss.Generator(null, fake).backward();
        Assert.Equal(-1 / (1 + Math.Exp(-10)), fake.grad!.item<double>(), 1e-12);
    }
}

public sealed class LeastSquaresLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new LeastSquaresLoss();

    protected override string ReferenceName => "leastsquares";

    protected override (double, double, double) AtEquilibrium => (1, 0, 1);
}

public sealed class WassersteinLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new WassersteinLoss();

    protected override string ReferenceName => "wasserstein";

    protected override (double, double, double) AtEquilibrium => (0, 0, 0);
}

public sealed class HingeLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new HingeLoss();

    protected override string ReferenceName => "hinge";

    protected override (double, double, double) AtEquilibrium => (1, 1, 0);
}

public sealed class RelativisticAverageLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new RelativisticAverageLoss();

    protected override string ReferenceName => "relativisticaverage";

    protected override (double, double, double) AtEquilibrium => (Math.Log(2), Math.Log(2), 2 * Math.Log(2));
}

public sealed class RelativisticPairingLossTests : AdversarialLossTests
{
    protected override IAdversarialLoss Loss => new RelativisticPairingLoss();

    protected override string ReferenceName => "relativisticpairing";

    protected override (double, double, double) AtEquilibrium => (Math.Log(2), 0, Math.Log(2));
}
