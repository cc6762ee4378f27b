using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Layers;

/// <summary>Donahue et al., arXiv:1802.04208, section 3.3.</summary>
public class PhaseShuffleTests
{
    [Fact]
    public void A_row_is_shifted_and_reflected_as_in_the_reference()
    {
        using var scope = NewDisposeScope();
        var expected = new ReferenceTensors(Repository.Reference("wavegan.safetensors"))["shifted"]; // (5, 6)
        var row = arange(6, ScalarType.Float32).square().reshape(1, 1, 6);
        for (var shift = -2; shift <= 2; shift++)
        {
            Assert.Equal(expected[shift + 2].data<float>().ToArray(), PhaseShuffle.Shift(row, shift).data<float>().ToArray());
        }
    }

    [Fact]
    public void One_shift_a_call_is_drawn_for_the_whole_batch_and_each_is_as_likely()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(5);
        using var layer = new PhaseShuffle(2);
        layer.train();
        var x = arange(50).to(ScalarType.Float32).reshape(1, 1, 50).expand(3, 4, 50);
        var counts = new int[5];
        for (var i = 0; i < 1000; i++)
        {
            using var call = NewDisposeScope();
            var shifts = (x - layer.call(x)).narrow(2, 5, 40); // what stands at t comes from t - shift
            Assert.Equal(shifts.min().item<float>(), shifts.max().item<float>());
            counts[(int)shifts[0, 0, 0].item<float>() + 2]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 150, 250)); // 200 and four deviations
    }

    [Fact]
    public void Nothing_is_shifted_in_evaluation()
    {
        using var scope = NewDisposeScope();
        using var layer = new PhaseShuffle(2);
        layer.eval();
        var x = rand(2, 3, 20);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.True(layer.call(x).equal(x).all().item<bool>()));
    }

    [Fact]
    public void D_shifts_after_each_convolution_but_the_last_and_its_slope_is_differentiable()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(6);
        using var d = new WaveGanDiscriminator(4096, features: 2);
        var x = rand(2, 1, 4096);
        var calls = 0;
        d.modules().OfType<PhaseShuffle>().Single().register_forward_hook((_, _, output) =>
        {
            calls++;
            return output;
        });
        d.train();
        var first = d.call(x);
        Assert.Equal(3, calls);
        Assert.Contains(Enumerable.Range(0, 20), _ => !d.call(x).equal(first).all().item<bool>());
        var pass = DiscriminatorPass.Run(d, x, rand(2, 1, 4096), SlopeSites.Between);
        new WganGpPenalty(10).Compute(pass).backward();
        Assert.All(d.named_parameters().Where(p => p.name.EndsWith("weight", StringComparison.Ordinal)),
            p => Assert.True(p.parameter.grad!.abs().sum().item<float>() > 0, p.name));
    }
}
