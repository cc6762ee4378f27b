namespace ResearchKit.Statistics;

/// <summary>How sure a change is that was measured on the same samples before and after: the samples are drawn again, each with its
/// pair.</summary>
/// <remarks>The percentile interval of Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.</remarks>
public static class PairedBootstrap
{
    private const int Draws = 10_000;
    private const int DrawsAtOnce = 500; // which bounds the memory

    /// <summary>The 95 % interval of the change of a mean that is weighted by what each sample holds.</summary>
    /// <param name="after">Each sample's sum, and what it is divided by (1 for a plain mean): float64, shape (N), N at least 2.</param>
    /// <param name="before">The same samples before, likewise.</param>
    /// <param name="seed">Of the draws.</param>
    /// <returns>Lower and upper end of (sum after / weight after) - (sum before / weight before); NaN where no draw has a weight.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or there are fewer than 2 samples.</exception>
    public static (double Low, double High) Interval((Tensor Sums, Tensor Weights) after, (Tensor Sums, Tensor Weights) before,
        long seed = 0)
    {
        Tensor[] all = [after.Sums, after.Weights, before.Sums, before.Weights];
        if (all[0].dim() != 1 || all[0].shape[0] < 2 || all.Any(t => !t.shape.SequenceEqual(all[0].shape)))
        {
            throw new ArgumentException("A paired bootstrap takes sums and weights of the same samples, 2 or more, not shapes " +
                $"{string.Join(", ", all.Select(t => $"({string.Join(", ", t.shape)})"))}.", nameof(after));
        }

        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed));
        var changes = cat([.. Enumerable.Range(0, Draws / DrawsAtOnce).Select(_ => Some())]); // (Draws)
        return (changes.nanquantile(0.025).item<double>(), changes.nanquantile(0.975).item<double>());

        Tensor Some()
        {
            using var part = NewDisposeScope();
            long[] shape = [DrawsAtOnce, all[0].shape[0]];
            var times = zeros(shape, ScalarType.Float64); // how often each sample is drawn
            times.scatter_add_(1, randint(0, shape[1], shape, ScalarType.Int64, generator: random), ones(shape, ScalarType.Float64));
            Tensor Mean((Tensor Sums, Tensor Weights) t) => times.matmul(t.Sums) / times.matmul(t.Weights);
            return (Mean(after) - Mean(before)).MoveToOuterDisposeScope();
        }
    }
}
