using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class NormalLatentsTests
{
    [Fact]
    public void Truncated_numbers_have_the_truncated_normal_distribution_and_keep_their_order()
    {
        using var scope = NewDisposeScope();
        var z = NormalLatents.Draw(2000, 50, seed: 4).flatten();
        var near = NormalLatents.Truncate(z, 0.8);
        Assert.True(near.abs().max().item<float>() <= 0.8);
        Assert.Equal(z.argsort().data<long>().ToArray()[..100], near.argsort().data<long>().ToArray()[..100]);
        // of N(0, 1) between -0.8 and 0.8 the variance is 1 - 2 t phi(t) / (2 Phi(t) - 1) = 0.1957
        Assert.Equal(0.195705, near.square().mean().item<float>(), 2e-3);
        Assert.True(NormalLatents.Truncate(z, 20).allclose(z, 1e-4, 1e-5));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalLatents.Truncate(z, 0));
    }
}
