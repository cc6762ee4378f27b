namespace ResearchKit.Diagnostics.Collapse;

/// <summary>The centres from which k-means starts: samples drawn far from each other.</summary>
internal static class KMeansSeeds
{
    /// <summary>Draws them: the first at random, each further one with a chance in proportion to the squared distance from those before
    /// it.</summary>
    /// <param name="x">float32, (N, D).</param>
    /// <param name="count">k.</param>
    /// <param name="random">A generator of the CPU.</param>
    /// <returns>(k, D), rows of x, in the current scope.</returns>
    public static Tensor Draw(Tensor x, int count, Generator random)
    {
        using var scope = NewDisposeScope();
        var lengths = x.square().sum(1); // (N)
        var trials = 2 + (int)Math.Log(count);
        var chosen = new List<long> { Math.Min((long)(Next(random) * x.shape[0]), x.shape[0] - 1) };
        var nearest = Squared(x, lengths, tensor(chosen.ToArray(), device: x.device)).flatten(); // (N)
        while (chosen.Count < count)
        {
            using var step = NewDisposeScope();
            var reach = nearest.to(ScalarType.Float64).cumsum(0); // (N)
            var total = reach[-1].item<double>();
            var marks = tensor(Enumerable.Range(0, trials).Select(_ => Next(random) * total).ToArray(), device: x.device);
            var rows = searchsorted(reach, marks, out_int32: false, right: true).clamp_max(x.shape[0] - 1); // (trials)
            var distances = minimum(Squared(x, lengths, rows), nearest.unsqueeze(1)); // (N, trials)
            var best = distances.sum(0, type: ScalarType.Float64).argmin().item<long>();
            chosen.Add(rows[best].item<long>());
            nearest.copy_(distances.select(1, best));
        }

        return x.index_select(0, tensor(chosen.ToArray(), device: x.device)).MoveToOuterDisposeScope();
    }

    private static Tensor Squared(Tensor x, Tensor lengths, Tensor rows) =>
        // (N, rows)
        x.matmul(x.index_select(0, rows).t()).mul_(-2).add_(lengths.unsqueeze(1)).add_(lengths.index_select(0, rows)).clamp_min_(0);

    private static double Next(Generator random)
    {
        using var draw = rand(1, dtype: ScalarType.Float64, generator: random);
        return draw.item<double>();
    }
}
