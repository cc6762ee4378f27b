using ResearchKit.Losses;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Losses;

/// <summary>What holds for every adversarial loss of the register.</summary>
public class AdversarialLossTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("dcgan.safetensors"));

    // Real, fake and generator terms at real logit 0 and fake logit 0, where D cannot tell.
    private static readonly Dictionary<string, (double Real, double Fake, double Generator)> Undecided = new()
    {
        ["minimax"] = (Math.Log(2), Math.Log(2), -Math.Log(2)),
        ["non-saturating"] = (Math.Log(2), Math.Log(2), Math.Log(2)),
        ["least-squares"] = (1, 0, 1),
        ["wasserstein"] = (0, 0, 0),
        ["hinge"] = (1, 1, 0),
        ["relativistic-average"] = (Math.Log(2), Math.Log(2), 2 * Math.Log(2)),
        ["relativistic-pairing"] = (Math.Log(2), 0, Math.Log(2)),
    };

    public static TheoryData<string> Names => [.. AdversarialLosses.All.Names];

    public static TheoryData<string> Known => [.. Undecided.Keys];

    /// <summary>Logits of shape (B, J, P): J judges with P places each, of which each has a loss of its own.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Of_judges_side_by_side_it_is_the_sum_of_their_losses(string name)
    {
        using var scope = NewDisposeScope();
        var loss = AdversarialLosses.All.Find(name).Create();
        manual_seed(1);
        var (real, fake) = (randn(4, 2, 6, ScalarType.Float64), randn(4, 2, 6, ScalarType.Float64));
        var both = loss.Discriminator(real, fake);
        var each = Enumerable.Range(0, 2).Select(j => (Real: real.select(1, j), Fake: fake.select(1, j))).ToList();
        var alone = each.Select(e => loss.Discriminator(e.Real.flatten(), e.Fake.flatten())).ToList();
        Assert.Equal(alone.Sum(a => a.Real.item<double>()), both.Real.item<double>(), 1e-12);
        Assert.Equal(alone.Sum(a => a.Fake.item<double>()), both.Fake.item<double>(), 1e-12);
        Assert.Equal(each.Sum(e => loss.Generator(e.Real.flatten(), e.Fake.flatten()).item<double>()),
            loss.Generator(real, fake).item<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Equals_PyTorch_in_value_and_gradient(string name)
    {
        var loss = AdversarialLosses.All.Find(name).Create();
        var key = $"loss.{name.Replace("-", "", StringComparison.Ordinal)}";
        foreach (var (dtype, tolerance) in new[] { (ScalarType.Float64, 1e-12), (ScalarType.Float32, 1e-6) })
        {
            AssertEqual($"{key}.real", (real, fake) => loss.Discriminator(real, fake).Real, dtype, tolerance);
            AssertEqual($"{key}.fake", (real, fake) => loss.Discriminator(real, fake).Fake, dtype, tolerance);
            AssertEqual($"{key}.generator", (real, fake) => loss.Generator(loss.GeneratorSeesReal ? real : null, fake), dtype, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Has_its_closed_form_where_D_cannot_tell(string name)
    {
        var loss = AdversarialLosses.All.Find(name).Create();
        using var zero = zeros([4], ScalarType.Float64);
        var terms = loss.Discriminator(zero, zero);
        Assert.Equal(Undecided[name].Real, terms.Real.item<double>(), 1e-12);
        Assert.Equal(Undecided[name].Fake, terms.Fake.item<double>(), 1e-12);
        Assert.Equal(Undecided[name].Generator, loss.Generator(zero, zero).item<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_finite_at_extreme_logits_in_float32(string name)
    {
        var loss = AdversarialLosses.All.Find(name).Create();
        foreach (var logit in (float[])[-100, 100])
        {
            using var extreme = full([4], logit).requires_grad_();
            var terms = loss.Discriminator(extreme, extreme);
            var total = terms.Sum() + loss.Generator(extreme, extreme);
            total.backward();
            Assert.True(float.IsFinite(total.item<float>()));
            Assert.True(extreme.grad!.isfinite().all().item<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Leaves_nothing_but_its_results(string name)
    {
        var loss = AdversarialLosses.All.Find(name).Create();
        using var logits = zeros(2, 4);
        using var real = logits[0];
        using var fake = logits[1];
        ResearchKit.Runtime.NativeMemory.Trim();
        var live = Tensor.TotalCount;
        var terms = loss.Discriminator(real, fake);
        using (terms.Real)
        using (terms.Fake)
        using (loss.Generator(real, fake))
        {
            Assert.Equal(live + 3, Tensor.TotalCount);
        }
    }

    [Theory]
    [InlineData("minimax", 10)]
    [InlineData("non-saturating", -10)]
    public void Gs_gradient_vanishes_or_stays_where_D_is_sure_of_the_fakes(string name, double exponent)
    {
        using var fake = full([1], -10.0, ScalarType.Float64).requires_grad_();
        AdversarialLosses.All.Find(name).Create().Generator(null, fake).backward();
        Assert.Equal(-1 / (1 + Math.Exp(exponent)), fake.grad!.item<double>(), 1e-12);
    }

    private static void AssertEqual(string key, Func<Tensor, Tensor, Tensor> loss, ScalarType dtype, double tolerance)
    {
        var logits = Reference["loss.logits"].to(dtype, copy: true).requires_grad_();
        var value = loss(logits[0], logits[1]);
        var expectedValue = Reference[$"{key}.value"].item<double>();
        Assert.Equal(expectedValue, value.to(ScalarType.Float64).item<double>(), tolerance * Math.Max(1, Math.Abs(expectedValue)));
        var expected = Reference[$"{key}.gradient"];
        if (!value.requires_grad)
        {
            Assert.Equal(0, expected.abs().max().item<double>());
            return;
        }

        value.backward();
        Assert.True(logits.grad!.to(ScalarType.Float64).allclose(expected, tolerance, tolerance));
    }
}
