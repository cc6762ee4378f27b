namespace ResearchKit.Diagnostics.Collapse;

/// <summary>How many samples of a set one draws, one by one and none twice, until two of them are duplicates.</summary>
/// <param name="Sorted">That number in each of many draws, smallest first. The share of them up to s is the chance that a batch of s holds
/// duplicates: one draw serves every batch size.</param>
internal sealed record CollisionTimes(IReadOnlyList<int> Sorted)
{
    private const int CurvePoints = 24;

    /// <summary>Draws.</summary>
    /// <param name="pairs">The set's duplicates, at least one pair.</param>
    /// <param name="trials">Draws, at least 1.</param>
    /// <param name="seed">Of the draws.</param>
    public static CollisionTimes Draw(DuplicatePairs pairs, int trials, int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, pairs.Rows).ToArray();
        var closed = new int[pairs.Rows]; // the trial in which a duplicate of the row was drawn
        return new CollisionTimes([.. Enumerable.Range(1, trials).Select(Trial).Order()]);

        int Trial(int trial)
        {
            for (var drawn = 0; ; drawn++)
            {
                var other = random.Next(drawn, rows.Length);
                (rows[drawn], rows[other]) = (rows[other], rows[drawn]);
                if (closed[rows[drawn]] == trial)
                {
                    return drawn + 1;
                }

                foreach (var partner in pairs.PartnersOf(rows[drawn]))
                {
                    closed[partner] = trial;
                }
            }
        }
    }

    /// <summary>The share of batches of a size that hold duplicates.</summary>
    public double Probability(int batchSize) => (double)Sorted.Count(t => t <= batchSize) / Sorted.Count;

    /// <summary>The batch size at which half of the batches hold duplicates, between whole sizes on a straight line.</summary>
    public double HalfSize()
    {
        var size = Sorted[(Sorted.Count - 1) / 2]; // the smallest with at least one half
        var (below, at) = (Probability(size - 1), Probability(size));
        return size - 1 + (0.5 - below) / (at - below);
    }

    /// <summary>The chance over batch sizes that grow by a constant factor, from 2 to the size that always had duplicates.</summary>
    public IReadOnlyList<BatchCollision> Curve() =>
    [
        .. Enumerable.Range(0, CurvePoints)
            .Select(i => (int)Math.Round(2 * Math.Pow(Sorted[^1] / 2.0, i / (CurvePoints - 1.0))))
            .Distinct()
            .Select(size => new BatchCollision(size, Probability(size))),
    ];
}
