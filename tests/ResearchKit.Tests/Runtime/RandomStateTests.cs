using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Runtime;

public class RandomStateTests
{
    [Fact]
    public void A_restored_state_gives_the_same_numbers()
    {
        RandomState.Seed(1);
        using var skipped = randn(7);
        var state = RandomState.Capture();
        using var first = randn(50);
        Assert.NotEqual(state, RandomState.Capture());
        RandomState.FromBytes(state.Bytes).Restore();
        using var second = randn(50);
        Assert.True(first.equal(second).all().item<bool>());
    }

    [Fact]
    public void A_generator_of_its_own_is_captured_too()
    {
        using var random = new Generator(9);
        var state = RandomState.Capture(random);
        using var first = rand(5, generator: random);
        state.Restore(random);
        Assert.Equal(state, RandomState.Capture(random));
        using var second = rand(5, generator: random);
        Assert.True(first.equal(second).all().item<bool>());
    }

    [Fact]
    public void Refuses_bytes_of_another_length() => Assert.Throws<ArgumentException>(() => RandomState.FromBytes([1, 2, 3]));

    [Fact]
    public void Gives_PyTorchs_numbers()
    {
        var reference = new ReferenceTensors(Repository.Reference("dcgan.safetensors"));
        using var random = new Generator(3);
        using var normal = randn(20, generator: random);
        Assert.True(normal.allclose(reference["random.randn.seed3"], 0, 1e-6));
        using var again = new Generator(3);
        using var order = randperm(20, generator: again);
        Assert.True(order.equal(reference["random.randperm.seed3"]).all().item<bool>());
    }
}
