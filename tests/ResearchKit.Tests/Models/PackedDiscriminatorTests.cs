using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class PackedDiscriminatorTests
{
    [Fact]
    public void Consecutive_images_become_channels_in_their_order()
    {
        using var seen = new Recorder();
        using var d = new PackedDiscriminator(seen, 3);
        using var x = arange(6 * 2 * 2 * 2, dtype: ScalarType.Float32).reshape(6, 2, 2, 2);
        using var logits = d.call(x);
        Assert.Equal([2, 6, 2, 2], seen.Input!.shape);
        Assert.Equal([2], logits.shape);
        for (var sample = 0; sample < 6; sample++)
        {
            using var channels = seen.Input[sample / 3].narrow(0, 2 * (sample % 3), 2);
            Assert.Equal(x[sample].data<float>(), channels.contiguous().data<float>());
        }
    }

    [Fact]
    public void Consecutive_points_lie_side_by_side()
    {
        using var seen = new Recorder();
        using var d = new PackedDiscriminator(seen, 2);
        using var logits = d.call(arange(8, dtype: ScalarType.Float32).reshape(4, 2));
        Assert.Equal([0, 1, 2, 3], seen.Input![0].data<float>());
        Assert.Equal([4, 5, 6, 7], seen.Input[1].data<float>());
    }

    [Fact]
    public void A_real_network_judges_packs_and_owns_its_state()
    {
        using var d = new PackedDiscriminator(new DcganDiscriminator(28, channels: 2 * 3, features: 4), 2);
        using var logits = d.call(randn(8, 3, 28, 28));
        Assert.Equal([4], logits.shape);
        Assert.Contains("network.main.0.weight", d.state_dict().Keys);
    }

    [Fact]
    public void Slopes_of_a_linear_discriminator_are_one_a_pack()
    {
        using var d = Linear([1, 2, 2, 4]); // over a pack of two points: slope 5; over either alone: sqrt(5) or sqrt(20)
        using var scope = NewDisposeScope();
        var (real, fake) = (randn(6, 2, dtype: ScalarType.Float64), randn(6, 2, dtype: ScalarType.Float64));
        var pass = DiscriminatorPass.Run(d, real, fake, SlopeSites.Real | SlopeSites.Fake);
        Assert.Equal([3, 4], pass.RealSlopes().shape);
        Assert.Equal([3, 4], pass.FakeSlopes().shape);
        using var gp = new WganGpPenalty(10);
        Assert.Equal(4 / 2.0 * 25, new R1Penalty(4).On(d, real, fake).item<double>(), 1e-12);
        Assert.Equal(4 / 2.0 * 25, new R2Penalty(4).On(d, real, fake).item<double>(), 1e-12);
        Assert.Equal(10 * (5 - 1) * (5 - 1), gp.On(d, real, fake).item<double>(), 1e-12);
    }

    [Fact]
    public void Penalties_reach_the_weights_through_it()
    {
        using var d = Linear([1, 2, 2, 4]);
        var (real, fake) = (randn(4, 2, dtype: ScalarType.Float64), randn(4, 2, dtype: ScalarType.Float64));
        using var r1 = new R1Penalty(3).On(d, real, fake);
        r1.backward();
        Assert.Equal([3, 6, 6, 12], d.parameters().Single().grad!.data<double>().Select(g => Math.Round(g, 10))); // gamma w
        d.zero_grad();
        using var gp = new WganGpPenalty(10);
        using var value = gp.On(d, real, fake);
        value.backward();
        // 2 lambda (s - 1) w / s
        Assert.Equal([16, 32, 32, 64], d.parameters().Single().grad!.data<double>().Select(g => Math.Round(g, 10)));
    }

    [Fact]
    public void The_points_between_mix_whole_packs_with_one_weight()
    {
        using var square = new Recorder();
        using var d = new PackedDiscriminator(square, 2);
        using var gp = new WganGpPenalty(10, seed: 3);
        using var value = gp.On(d, ones(8, 2), zeros(8, 2));
        var mixed = square.Input!.detach(); // (4, 4): alpha everywhere in a pack
        Assert.Equal(0, (mixed - mixed.mean([1], keepdim: true)).abs().max().item<float>(), 1e-7);
        Assert.Equal(4, mixed[TensorIndex.Colon, 0].data<float>().Distinct().Count());
    }

    [Fact]
    public void Batches_that_are_no_whole_packs_are_refused()
    {
        using var d = new PackedDiscriminator(new Recorder(), 4);
        var error = Assert.Throws<ArgumentException>(() => d.call(zeros(6, 2)));
        Assert.Contains("6 samples cannot be cut into packs of 4", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PackedDiscriminator(new Recorder(), 1));
    }

    private static PackedDiscriminator Linear(double[] weights)
    {
        var layer = nn.Linear(weights.Length, 1, hasBias: false, dtype: ScalarType.Float64);
        using var noGrad = no_grad();
        layer.weight.copy_(tensor(weights).reshape(1, -1));
        return new PackedDiscriminator(nn.Sequential(layer, nn.Flatten(0)), 2);
    }

    /// <summary>Keeps what it was shown; gives the sum of squares.</summary>
    private sealed class Recorder() : nn.Module<Tensor, Tensor>("recorder")
    {
        public Tensor? Input { get; private set; }

        public override Tensor forward(Tensor input)
        {
            Input = input.alias().DetachFromDisposeScope();
            return input.square().flatten(1).sum(1);
        }
    }
}
