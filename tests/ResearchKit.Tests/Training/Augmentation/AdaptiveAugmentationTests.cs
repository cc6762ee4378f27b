using ResearchKit.Losses;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Augmentation;

public class AdaptiveAugmentationTests
{
    [Fact]
    public void Changes_nothing_bit_for_bit_at_p_0_and_without_transforms()
    {
        using var images = rand(4, 3, 8, 8);
        using var never = new AdaptiveAugmentation(0);
        using var steered = new AdaptiveAugmentation(new AdaptiveController());
        using var empty = new AdaptiveAugmentation(1, AdaptiveTransforms.None);
        Assert.Same(images, never.Apply(images, 1));
        Assert.Same(images, steered.Apply(images, 1));
        Assert.Same(images, empty.Apply(images, 1));
    }

    [Theory] // the share of a transform's draws that change something: half of the flips, three of four quarter turns, ...
    [InlineData(AdaptiveTransforms.Flip, 0.5)]
    [InlineData(AdaptiveTransforms.QuarterTurn, 0.75)]
    [InlineData(AdaptiveTransforms.WholeShift, 0.9375)] // 16 pixels: from -2 to 2, and a quarter of each rounds to 0
    [InlineData(AdaptiveTransforms.Scale, 1)]
    [InlineData(AdaptiveTransforms.Turn, 1)]
    [InlineData(AdaptiveTransforms.Stretch, 1)]
    [InlineData(AdaptiveTransforms.Shift, 1)]
    [InlineData(AdaptiveTransforms.Brightness, 1)]
    [InlineData(AdaptiveTransforms.Contrast, 1)]
    [InlineData(AdaptiveTransforms.LumaFlip, 0.5)]
    [InlineData(AdaptiveTransforms.Hue, 1)]
    [InlineData(AdaptiveTransforms.Saturation, 1)]
    [InlineData(AdaptiveTransforms.Filter, 2.176)] // each of four bands by itself: 1 - 0.6^4 = 0.4 * 2.176
    [InlineData(AdaptiveTransforms.Noise, 1)]
    [InlineData(AdaptiveTransforms.Cutout, 1)]
    public void Each_transform_happens_with_probability_p_and_leaves_the_other_images_as_they_are(AdaptiveTransforms transform,
        double share)
    {
        const int Count = 2000;
        using var images = randn(Count, 3, 16, 16);
        using var augment = new AdaptiveAugmentation(0.4, transform);
        using var result = augment.Apply(images, 1);
        var changed = (result != images).flatten(1).any(1).sum().item<long>() / (double)Count;
        Assert.Equal(0.4 * share, changed, 5 * Math.Sqrt(0.25 / Count));
    }

    [Fact]
    public void Flips_and_quarter_turns_move_whole_pixels_into_the_eight_symmetric_images()
    {
        using var image = arange(49, dtype: ScalarType.Float32).reshape(1, 1, 7, 7);
        var symmetric = new[] { image, image.flip(3) }.SelectMany(x => Enumerable.Range(0, 4).Select(k => Key(x.rot90(k, (2, 3)))))
            .ToHashSet();
        using var augment = new AdaptiveAugmentation(1, AdaptiveTransforms.Flip | AdaptiveTransforms.QuarterTurn);
        using var result = augment.Apply(image.expand(200, 1, 7, 7), 1);
        Assert.Equal(symmetric, result.split(1).Select(Key).ToHashSet());

        static string Key(Tensor x) => string.Join(' ', x.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Shifts_by_whole_pixels_keep_the_brightness_inside_the_picture()
    {
        using var images = zeros(300, 1, 16, 16);
        images[.., .., TensorIndex.Slice(4, 12), TensorIndex.Slice(4, 12)] = randint(1, 100, [8, 8], ScalarType.Float32);
        using var augment = new AdaptiveAugmentation(1, AdaptiveTransforms.WholeShift);
        using var result = augment.Apply(images, 1);
        Assert.True(result.sum([1, 2, 3]).Equals(images.sum([1, 2, 3])));
        using var places = result.mean([0, 1]).count_nonzero();
        Assert.Equal(12 * 12, places.item<long>()); // 2 pixels each way
    }

    [Fact]
    public void Geometry_leaves_an_even_picture_even_and_hue_and_saturation_leave_its_light()
    {
        using var even = full([100, 3, 9, 13], 0.7);
        using var move = new AdaptiveAugmentation(1, AdaptiveTransforms.Blit | AdaptiveTransforms.Geometric);
        using var moved = move.Apply(even, 1);
        Assert.True(moved.allclose(even, 1e-6, 0));
        using var images = randn([100, 3, 9, 13], ScalarType.Float64);
        using var paint = new AdaptiveAugmentation(1, AdaptiveTransforms.Hue | AdaptiveTransforms.Saturation);
        using var painted = paint.Apply(images, 1);
        Assert.True(painted.mean([1]).allclose(images.mean([1]), 1e-12, 1e-12));
        using var turn = new AdaptiveAugmentation(1, AdaptiveTransforms.Hue);
        using var turned = turn.Apply(images, 1);
        Assert.True(turned.norm(1).allclose(images.norm(1), 1e-12, 1e-12));
        Assert.False(turned.allclose(images));
    }

    [Fact]
    public void P_follows_the_schedule_or_the_controller()
    {
        using var images = rand(10, 1, 8, 8);
        using var scheduled = new AdaptiveAugmentation(new LinearSchedule(0.5, 0, 5));
        using var first = scheduled.Apply(images, 2);
        Assert.Equal((0.4, null), (scheduled.P, scheduled.Signs));
        scheduled.Observe(images); // nothing listens
        using var steered = new AdaptiveAugmentation(new AdaptiveController(interval: 1, speed: 100));
        using var sure = ones(10);
        _ = steered.Apply(images, 1);
        steered.Observe(sure);
        Assert.Equal((0.1, 1.0), (steered.P, steered.Signs!.Value));
    }

    [Fact]
    public void Only_a_controller_needs_logits_whose_sign_speaks()
    {
        using var steered = new AdaptiveAugmentation(new AdaptiveController());
        using var scheduled = new AdaptiveAugmentation(0.3);
        IAdversarialLoss[] speak = [new MinimaxLoss(), new NonSaturatingLoss(), new HingeLoss()];
        IAdversarialLoss[] silent = [new LeastSquaresLoss(), new WassersteinLoss(), new RelativisticPairingLoss(),
            new RelativisticAverageLoss()];
        Assert.All(speak, loss => Assert.Null(steered.Refuses(loss)));
        Assert.All(silent, loss => Assert.Contains(loss.GetType().Name, steered.Refuses(loss), StringComparison.Ordinal));
        Assert.All([.. speak, .. silent], loss => Assert.Null(scheduled.Refuses(loss)));
    }

    [Fact]
    public void Bad_options_and_samples_are_refused()
    {
        Assert.Contains("[0, 1]", Assert.Throws<ArgumentException>(() => new AdaptiveAugmentation(1.5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaptiveAugmentation(1, (AdaptiveTransforms)(1 << 15)));
        using var augment = new AdaptiveAugmentation(1);
        using var points = rand(2, 3);
        using var pairs = rand(2, 2, 8, 8);
        Assert.Contains("not on (2, 3)", Assert.Throws<ArgumentException>(() => augment.Apply(points, 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("1 or 3 channels, not 2", Assert.Throws<ArgumentException>(() => augment.Apply(pairs, 1)).Message,
            StringComparison.Ordinal);
        using var geometry = new AdaptiveAugmentation(1, AdaptiveTransforms.Blit);
        using var moved = geometry.Apply(pairs, 1);
        Assert.Equal(pairs.shape, moved.shape);
    }

    [Fact]
    public void Leaves_nothing_but_its_result()
    {
        using var augment = new AdaptiveAugmentation(0.9, AdaptiveTransforms.All);
        using var images = rand(4, 3, 8, 8);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var result = augment.Apply(images, 1);
        Assert.Equal(live + 1, Tensor.TotalCount);
    }
}
