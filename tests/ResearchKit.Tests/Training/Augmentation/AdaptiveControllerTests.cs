using ResearchKit.Runtime;
using ResearchKit.Support;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Augmentation;

public class AdaptiveControllerTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("augmentation.safetensors"));

    [Fact]
    public void Follows_the_Python_series_from_0_up_to_1_and_back_to_0()
    {
        using var controller = new AdaptiveController(0.6, 4, 4000);
        var positive = Reference["controller.positive"].data<long>().ToArray();
        var rows = Reference["controller.rows"]; // (60, 2): r_t and p
        for (var batch = 0; batch < positive.Length; batch++)
        {
            using var scope = NewDisposeScope();
            var logits = ones(64);
            logits[TensorIndex.Slice(positive[batch])] = -0.01f;
            controller.Observe(logits, 64);
            if (batch % 4 == 3)
            {
                Assert.Equal(rows[batch / 4, 0].item<double>(), controller.Signs!.Value, 1e-12);
                Assert.Equal(rows[batch / 4, 1].item<double>(), controller.P, 1e-12);
            }
        }

        Assert.Equal((0, 1), (rows[.., 1].min().item<double>(), rows[.., 1].max().item<double>()));
    }

    [Fact]
    public void Moves_at_the_end_of_an_interval_only_and_by_its_images()
    {
        using var controller = new AdaptiveController(0.6, 2, 1000);
        using var sure = ones(8); // 8 packs of 4 images
        controller.Observe(sure, 32);
        Assert.Equal((0, null), (controller.P, controller.Signs));
        controller.Observe(sure, 32);
        Assert.Equal((0.064, 1.0), (controller.P, controller.Signs!.Value));
        controller.Observe(sure, 32);
        Assert.Equal(0.064, controller.P);
    }

    [Fact]
    public void Stays_where_it_is_at_its_target_and_where_a_logit_is_not_a_number()
    {
        using var controller = new AdaptiveController(0.5, 1, 100);
        using var sure = ones(4);
        using var target = tensor([1f, 1, 1, -1]);
        using var broken = tensor([1f, float.NaN]);
        controller.Observe(sure, 4);
        controller.Observe(target, 4);
        Assert.Equal((0.04, 0.5), (controller.P, controller.Signs!.Value));
        controller.Observe(broken, 2);
        Assert.Equal(0.04, controller.P);
        controller.Observe(target, 4);
        Assert.Equal(0.5, controller.Signs!.Value); // the NaN is forgotten
    }

    [Fact]
    public void Holds_one_tensor_until_it_is_disposed()
    {
        using var logits = ones(4);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using (var controller = new AdaptiveController())
        {
            for (var i = 0; i < 20; i++)
            {
                using var scope = NewDisposeScope(); // as in a training step
                controller.Observe(logits, 4);
            }

            Assert.Equal(live + 1, Tensor.TotalCount);
        }

        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveController(target: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveController(target: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveController(interval: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveController(speed: 0));
    }
}
