using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Layers;

public class MinibatchStandardDeviationTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stabilizers.safetensors"));

    [Theory]
    [InlineData("points", 3, 1)]
    [InlineData("images", 4, 2)]
    [InlineData("small", 4, 1)] // 2 samples are one group
    public void Equals_PyTorch_in_value_and_gradient(string name, int group, int features)
    {
        using var layer = new MinibatchStandardDeviation(group, features);
        var expected = Reference.Under($"deviation.{name}.");
        using var x = expected["input"].clone().requires_grad_();
        using var y = layer.call(x);
        TensorAssert.Near(expected["output"], y, 1e-12, "output");
        (y * expected["weights"]).sum().backward();
        TensorAssert.Near(expected["gradient"], x.grad!, 1e-12, "gradient");
    }

    [Fact]
    public void Two_points_show_half_their_mean_distance()
    {
        using var layer = new MinibatchStandardDeviation(2);
        using var y = layer.call(tensor(new double[] { 1, 5, 4, 3 }).reshape(2, 2));
        Assert.Equal([2, 3], y.shape);
        Assert.Equal((1.5 + 1) / 2, y[0, 2].item<double>(), 1e-8);
        Assert.Equal([1, 5], y[0].data<double>().Take(2));
    }

    [Fact]
    public void Equal_samples_show_nearly_nothing_and_have_a_finite_gradient()
    {
        using var layer = new MinibatchStandardDeviation();
        using var x = ones(4, 2, 3, 3, dtype: ScalarType.Float64, requires_grad: true);
        using var y = layer.call(x);
        Assert.Equal([4, 3, 3, 3], y.shape);
        Assert.Equal(1e-4, y[3, 2, 1, 1].item<double>(), 1e-12); // sqrt(0 + 1e-8)
        y.sum().backward();
        Assert.True(x.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Batches_and_channels_that_do_not_divide_are_refused()
    {
        using var layer = new MinibatchStandardDeviation(4);
        Assert.Contains("6 samples cannot be cut into groups of 4", Refusal(layer, zeros(6, 2)), StringComparison.Ordinal);
        using var two = new MinibatchStandardDeviation(2, features: 2);
        Assert.Contains("3 channels cannot be shared between 2", Refusal(two, zeros(2, 3, 4, 4)), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MinibatchStandardDeviation(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MinibatchStandardDeviation(2, 0));
        static string Refusal(MinibatchStandardDeviation layer, Tensor x) => Assert.Throws<ArgumentException>(() => layer.call(x)).Message;
    }

    [Fact]
    public void Leaves_nothing_but_its_result()
    {
        using var layer = new MinibatchStandardDeviation();
        using var x = randn(8, 2, 3, 3);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var y = layer.call(x);
        Assert.Equal(live + 1, Tensor.TotalCount);
    }
}
