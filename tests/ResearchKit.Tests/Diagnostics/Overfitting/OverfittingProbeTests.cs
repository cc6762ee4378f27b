using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Models;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Overfitting;

public class OverfittingProbeTests
{
    [Fact]
    public void Means_signs_and_the_index_are_those_of_the_definitions()
    {
        using var d = new Sum();
        using var train = tensor(new[] { 3f, 1, -1, 5 }, [4, 1]); // mean 2, signs 0.5
        using var heldOut = tensor(new[] { 1f, -0.5f }, [2, 1]); // mean 0.25, signs 0
        using var fake = tensor(new[] { -5f }, [1, 1]);
        var probe = OverfittingProbe.Take(d, train, heldOut, fake);
        Assert.Equal((2, 0.25, -5, 0.5, 0), (probe.TrainLogit, probe.HeldOutLogit, probe.FakeLogit, probe.TrainSigns, probe.HeldOutSigns));
        Assert.Equal(0.25, probe.Index, 1e-12); // 1.75 / 7
        Assert.Equal("logits: train 2.00, held-out 0.25, generated -5.00; r_t 0.50, r_v 0.25", probe.ToString());
    }

    [Fact]
    public void The_ends_of_the_index_are_generalising_and_knowing_by_heart()
    {
        Assert.Equal(0, new OverfittingProbe(2, 2, -1, 1, 1).Index);
        Assert.Equal(1, new OverfittingProbe(2, -1, -1, 1, -1).Index);
        Assert.False(double.IsFinite(new OverfittingProbe(1, 0, 1, 1, 0).Index));
    }

    [Fact]
    public void D_is_asked_in_evaluation_mode_in_parts_and_left_as_it_was()
    {
        RandomState.Seed(0);
        using var d = new DcganDiscriminator(imageSize: 28, channels: 1, features: 4);
        using var images = randn(300, 1, 28, 28);
        d.train();
        var before = d.state_dict().ToDictionary(e => e.Key, e => e.Value.clone());
        var probe = OverfittingProbe.Take(d, images, images.slice(0, 0, 100, 1), images.slice(0, 100, 101, 1));
        Assert.All(d.modules(), m => Assert.True(m.training));
        Assert.All(d.state_dict(), e => Assert.True(e.Value.allclose(before[e.Key], rtol: 0, atol: 0))); // the running means too
        d.eval();
        using var noGrad = no_grad();
        Assert.Equal(d.call(images).mean().item<float>(), probe.TrainLogit, 1e-5);
        Assert.Equal(d.call(images.slice(0, 0, 100, 1)).mean().item<float>(), probe.HeldOutLogit, 1e-5);
    }

    [Fact]
    public void Samples_of_different_shapes_and_empty_sets_are_refused_by_name()
    {
        using var d = new Sum();
        using var one = zeros(1, 3);
        using var none = zeros(0, 3);
        using var other = zeros(1, 4);
        Assert.Equal("heldOut", Assert.Throws<ArgumentException>(() => OverfittingProbe.Take(d, one, other, one)).ParamName);
        Assert.Equal("fake", Assert.Throws<ArgumentException>(() => OverfittingProbe.Take(d, one, one, none)).ParamName);
        Assert.Equal("train", Assert.Throws<ArgumentException>(() => OverfittingProbe.Take(d, none, one, one)).ParamName);
    }

    private sealed class Sum : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear unused = nn.Linear(1, 1);

        public Sum()
            : base(nameof(Sum)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input.sum(1);
    }
}
