using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Layers;

public class BinomialFilterTests
{
    private static readonly double[] Taps = [1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8];

    [Fact]
    public void Equals_zeros_between_a_whole_convolution_and_a_choice_of_pixels()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(4);
        var x = randn([2, 3, 6, 4], ScalarType.Float64);
        TensorAssert.Near(ByHand(Spread(x), before: 2, after: 1) * 4, Layer(new BinomialUpsample()).call(x), 1e-14, "up");
        TensorAssert.Near(ByHand(x, 1, 1)[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)],
            Layer(new BinomialDownsample()).call(x), 1e-14, "down");
        TensorAssert.Near(ByHand(x, 2, 2) * 3, Layer(new BinomialBlur(2, gain: 3)).call(x), 1e-14, "blur");
    }

    [Fact]
    public void Keeps_a_constant_image_but_at_its_rim()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, 2, 8, 8);
        Assert.True(Inside(Layer(new BinomialUpsample(), ScalarType.Float32).call(x)).eq(1).all().item<bool>());
        Assert.True(Inside(Layer(new BinomialDownsample(), ScalarType.Float32).call(x)).eq(1).all().item<bool>());
        Assert.True(Inside(Inside(Layer(new BinomialBlur(2), ScalarType.Float32).call(x))).eq(1).all().item<bool>());

        static Tensor Inside(Tensor y) => y[.., .., 1..^1, 1..^1];
    }

    /// <summary>Each is linear, so the second derivative of its squares' sum is twice that of the map with itself.</summary>
    [Fact]
    public void Has_a_second_derivative()
    {
        using var scope = NewDisposeScope();
        foreach (var layer in (nn.Module<Tensor, Tensor>[])[new BinomialUpsample(), new BinomialDownsample(), new BinomialBlur(1)])
        {
            Layer(layer);
            var x = randn([1, 2, 4, 4], ScalarType.Float64).requires_grad_();
            var direction = randn_like(x);
            var gradient = autograd.grad([layer.call(x).square().sum()], [x], create_graph: true, retain_graph: true)[0];
            var second = autograd.grad([(gradient * direction).sum()], [x])[0];
            var expected = (layer.call(direction).square().sum() * 2).item<double>(); // v' (2 A'A) v
            Assert.Equal(expected, (second * direction).sum().item<double>(), 1e-10 * expected);
        }
    }

    [Fact]
    public void Leaves_nothing_but_its_result_and_refuses_a_negative_padding()
    {
        using var layer = new BinomialUpsample();
        using var x = randn(2, 2, 4, 4);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var y = layer.call(x);
        Assert.Equal(live + 1, Tensor.TotalCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinomialBlur(-1));
    }

    private static nn.Module<Tensor, Tensor> Layer(nn.Module<Tensor, Tensor> layer, ScalarType dtype = ScalarType.Float64) =>
        layer.to(dtype);

    private static Tensor Spread(Tensor x)
    {
        var spread = zeros([x.shape[0], x.shape[1], 2 * x.shape[2], 2 * x.shape[3]], x.dtype);
        spread[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)] = x;
        return spread;
    }

    // tap by tap, with shifted images
    private static Tensor ByHand(Tensor x, int before, int after)
    {
        var padded = nn.functional.pad(x, [before, after, before, after]);
        var (height, width) = (padded.shape[2] - 3, padded.shape[3] - 3);
        var sum = zeros([x.shape[0], x.shape[1], height, width], x.dtype);
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                sum += padded.narrow(2, i, height).narrow(3, j, width) * (Taps[i] * Taps[j]);
            }
        }

        return sum;
    }
}
