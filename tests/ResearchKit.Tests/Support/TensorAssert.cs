using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>Comparisons of whole tensors.</summary>
internal static class TensorAssert
{
    /// <summary>The same shape (a scalar counts as one number), and no difference above the tolerance times the greatest expected
    /// value.</summary>
    public static void Near(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.numel(), actual.numel());
        Assert.True(actual.dim() == 0 || expected.shape.SequenceEqual(actual.shape), $"{what}: shape ({string.Join(", ", actual.shape)})");
        var (e, a) = (expected.to(ScalarType.Float64).flatten(), actual.detach().to(ScalarType.Float64).flatten());
        var difference = (e - a).abs().max().item<double>();
        var allowed = tolerance * e.abs().max().item<double>();
        Assert.True(difference <= allowed, $"{what}: differs by {difference:R}, allowed {allowed:R}");
    }
}
