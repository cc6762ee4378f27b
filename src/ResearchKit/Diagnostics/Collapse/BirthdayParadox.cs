using System.Globalization;
using MathNet.Numerics.Distributions;
using ResearchKit.Metrics;
using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>How many different things a generator makes, from how soon its samples repeat.</summary>
/// <param name="Samples">Samples looked at: all, or the first ones where duplicates abound.</param>
/// <param name="Threshold">Two samples nearer than that are duplicates (or were shown to the judge).</param>
/// <param name="Duplicates">Pairs of duplicates among all pairs of the samples.</param>
/// <param name="HalfBatch">s: the batch size at which half of random batches, drawn from the samples without replacement, hold duplicates.
/// NaN where the estimate is only a bound.</param>
/// <param name="Support">The estimate s (s - 1) / (2 ln 2), at least 1: the number of equally likely things that would repeat as soon.
/// Where things are not equally likely there are more of them.</param>
/// <param name="Low">Lower end of the 95 % interval of the estimate.</param>
/// <param name="High">Upper end; infinite where the estimate is only a bound.</param>
/// <param name="InverseCollision">1 / (share of pairs that are duplicates): the same number by Simpson's index, from all pairs at once;
/// infinite without duplicates.</param>
/// <param name="Batches">The chance of duplicates by batch size, growing; empty where there were too few duplicates.</param>
/// <param name="Closest">The closest pairs, closest first, duplicates or not: look at them.</param>
/// <remarks>Arora and Zhang, arXiv:1706.08224: when batches of s samples hold duplicates half of the time, the support is about s^2. The
/// factor 1 / (2 ln 2) = 0.72 is that of equally likely things, 1 - exp(-s (s - 1) / 2n) = 1/2. Deviations: a distance or a function judges
/// in place of a person; one set of samples serves all batches. The interval is lognormal, with the variance of the number of duplicate
/// pairs as a U-statistic (Hoeffding, Ann. Math. Statist. 19, 1948) and that of the draws. With fewer than 10 pairs there is no estimate
/// but a lower bound: the support at which so few pairs or fewer come in 5 % of cases (Poisson).</remarks>
public sealed record BirthdayParadox(long Samples, double Threshold, long Duplicates, double HalfBatch, double Support, double Low,
    double High, double InverseCollision, IReadOnlyList<BatchCollision> Batches, IReadOnlyList<ClosePair> Closest)
{
    private const int FewestDuplicates = 10;

    /// <summary>Whether there were too few duplicates for an estimate, so that <see cref="Support"/> is what it at least is.</summary>
    public bool IsLowerBound => double.IsPositiveInfinity(High);

    /// <summary>Estimates the support of the distribution that samples come from.</summary>
    /// <param name="samples">Independent samples as pixels or features, shape (N, D), N >= 2, any float dtype and device. For a support of
    /// n, give several times sqrt(n); 5 sqrt(n) show about 12 pairs.</param>
    /// <param name="threshold">How near duplicates are, above 0; null to take it from the samples by
    /// <see cref="DuplicateThreshold.FromGap"/>. <see cref="DuplicateThreshold.FromReal"/> takes it from real samples.</param>
    /// <param name="judge">Decides about each pair nearer than the threshold; null to take all. Then a generous threshold costs only
    /// time.</param>
    /// <param name="trials">Draws of batches, at least 1.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="show">How many of the closest pairs to keep, at least 1.</param>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 samples, a number is NaN or infinite, or an option is out
    /// of its range.</exception>
    /// <exception cref="InvalidOperationException">No threshold is given and the samples do not show one.</exception>
    public static BirthdayParadox Measure(Tensor samples, double? threshold = null, Func<ClosePair, bool>? judge = null, int trials = 2000,
        int seed = 0, int show = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(show, 1);
        ThrowIfOutside(threshold is not (null or (> 0 and < double.PositiveInfinity)), threshold, "The threshold is a distance above 0.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(samples, nameof(samples));
        var near = threshold ?? DuplicateThreshold.FromGap(x);
        var pairs = DuplicatePairs.Find(x, near, judge, show);
        var all = pairs.Rows * (pairs.Rows - 1.0) / 2;
        if (pairs.Count < FewestDuplicates)
        {
            var bound = all / PoissonLimit(pairs.Count);
            return new BirthdayParadox(pairs.Rows, near, pairs.Count, double.NaN, Math.Max(1, bound), Math.Max(1, bound),
                double.PositiveInfinity, all / pairs.Count, [], pairs.Closest);
        }

        var times = CollisionTimes.Draw(pairs, trials, seed);
        var half = times.HalfSize();
        var support = Math.Max(1, half * (half - 1) / (2 * Math.Log(2)));
        var ofDraws = 1 / (trials * Math.Pow(Math.Log(2), 2)); // a chance of 1/2 over so many draws
        var reach = Math.Exp(StudentDistribution.Factor(0.95, 1e6) * Math.Sqrt(RelativeVariance(pairs) + ofDraws));
        return new BirthdayParadox(pairs.Rows, near, pairs.Count, half, support, Math.Max(1, support / reach), support * reach,
            all / pairs.Count, times.Curve(), pairs.Closest);
    }

    /// <summary>One line.</summary>
    public override string ToString() => IsLowerBound
        ? string.Create(CultureInfo.InvariantCulture,
            $"support at least {Support:N0}: {Samples:N0} samples hold only {Duplicates} " +
            $"pair(s) of duplicates (nearer than {Threshold:G3}); more samples would tell")
        : string.Create(CultureInfo.InvariantCulture,
            $"support about {Support:N0} (95 % interval {Low:N0} to {High:N0}): half of the batches of {HalfBatch:0.#} hold duplicates " +
            $"(nearer than {Threshold:G3}), {Duplicates:N0} pairs among {Samples:N0} samples");

    private static double RelativeVariance(DuplicatePairs pairs)
    {
        double n = pairs.Rows, count = pairs.Count;
        // pairs of pairs that share a sample
        var corners = Enumerable.Range(0, pairs.Rows).Sum(i => pairs.PartnersOf(i).Count * (pairs.PartnersOf(i).Count - 1.0) / 2);
        var (all, triples) = (n * (n - 1) / 2, n * (n - 1) * (n - 2) / 2); // triples: one sample and two others
        var (q, both) = (count / all, corners / triples);
        return (all * q * (1 - q) + 2 * triples * Math.Max(0, both - q * q)) / (count * count);
    }

    // The mean at which so few pairs or fewer have a chance of 5 %.
    private static double PoissonLimit(long pairs) => ChiSquared.InvCDF(2.0 * (pairs + 1), 0.95) / 2;
}

/// <summary>How often a batch holds duplicates.</summary>
/// <param name="BatchSize">Samples in the batch, s.</param>
/// <param name="Probability">The share of random batches of that size with at least one pair of duplicates, in [0, 1].</param>
public sealed record BatchCollision(int BatchSize, double Probability);

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
