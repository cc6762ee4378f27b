using ResearchKit.Runtime;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Augmentation;

public class DiffAugmentTests
{
    [Fact]
    public void Translation_keeps_the_brightness_inside_the_picture_and_reaches_every_place_alike()
    {
        const int Count = 5000;
        using var augment = new DiffAugment(DiffAugmentTransforms.Translation);
        using var points = zeros(Count, 1, 16, 24);
        points[.., .., 8, 12] = 1;
        using var moved = augment.Apply(points, 1);
        using var totals = moved.sum([1, 2, 3]);
        Assert.All(totals.data<float>(), t => Assert.Equal(1, t));
        using var places = moved.sum([0, 1]); // (16, 24): up to 2 pixels up and down, 3 left and right
        var counts = places[TensorIndex.Slice(6, 11), TensorIndex.Slice(9, 16)].flatten().data<float>().ToArray();
        Assert.Equal(Count, counts.Sum());
        var expected = Count / 35.0;
        // chi-square of 34 degrees: 1e-4 on either side
        Assert.InRange(counts.Sum(c => (c - expected) * (c - expected) / expected), 10, 75);
    }

    [Fact]
    public void Cutout_sets_half_a_side_by_half_a_side_to_0_and_touches_nothing_else()
    {
        using var augment = new DiffAugment(DiffAugmentTransforms.Cutout);
        using var images = rand(500, 3, 12, 10) + 0.5;
        using var cut = augment.Apply(images, 1);
        using var hole = cut == 0;
        using var kept = where(hole, images, cut);
        Assert.True(kept.Equals(images));
        var sizes = hole[.., 0].sum([1, 2]).data<long>().ToArray();
        Assert.Equal(6 * 5, sizes.Max());
        Assert.All(sizes, s => Assert.InRange(s, 3 * 3, 6 * 5)); // its middle lies in the picture
        Assert.True(hole[.., 0].Equals(hole[.., 2]));
    }

    [Fact]
    public void Colour_moves_the_mean_by_up_to_a_half_and_scales_the_spread_by_a_half_to_one_and_a_half()
    {
        using var augment = new DiffAugment(DiffAugmentTransforms.Color);
        using var images = rand(400, 1, 8, 8, dtype: ScalarType.Float64);
        using var colored = augment.Apply(images, 1);
        var shift = (colored.mean([1, 2, 3]) - images.mean([1, 2, 3])).data<double>().ToArray();
        var spread = (colored.flatten(1).std(1) / images.flatten(1).std(1)).data<double>().ToArray();
        Assert.InRange(shift.Min(), -0.5, -0.45);
        Assert.InRange(shift.Max(), 0.45, 0.5);
        Assert.InRange(spread.Min(), 0.5, 0.55);
        Assert.InRange(spread.Max(), 1.45, 1.5);
    }

    [Fact]
    public void The_seed_decides_and_every_call_draws_anew()
    {
        using var images = rand(4, 1, 8, 8);
        using var one = new DiffAugment(seed: 1);
        using var again = new DiffAugment(seed: 1);
        using var other = new DiffAugment(seed: 2);
        using var first = one.Apply(images, 1);
        Assert.True(first.Equals(again.Apply(images, 1)));
        Assert.False(first.Equals(other.Apply(images, 1)));
        Assert.False(first.Equals(one.Apply(images, 1)));
    }

    [Fact]
    public void Nothing_changes_nothing_and_bad_input_is_named()
    {
        using var none = new DiffAugment(DiffAugmentTransforms.None);
        using var all = new DiffAugment();
        using var images = rand(2, 1, 8, 8);
        using var points = rand(2, 3);
        Assert.Same(images, none.Apply(images, 1));
        Assert.Contains("not on (2, 3)", Assert.Throws<ArgumentException>(() => all.Apply(points, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiffAugment((DiffAugmentTransforms)8));
    }

    [Fact]
    public void Leaves_nothing_but_its_result()
    {
        using var augment = new DiffAugment();
        using var images = rand(4, 3, 8, 8);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var result = augment.Apply(images, 1);
        Assert.Equal(live + 1, Tensor.TotalCount);
    }
}
