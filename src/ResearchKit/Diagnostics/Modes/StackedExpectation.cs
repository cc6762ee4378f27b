using ResearchKit.Data;
using static System.FormattableString;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Modes;

/// <summary>What a perfect generator of stacked digits scores on average under a perfect classifier: few samples find few modes, and their
/// histogram is never flat.</summary>
/// <remarks>The scale to read <see cref="StackedModes"/> on: 26,000 samples find 1,000 modes and a KL of 0.0193, 2,000 samples find 864.8
/// and 0.2846 (SciPy: <c>tests/peers/stacked_expectation.py</c>).</remarks>
public static class StackedExpectation
{
    /// <summary>Computes the means.</summary>
    /// <param name="samples">How many images, at least 1.</param>
    /// <param name="shares">The triples' probabilities, which sum to 1; null for 1/1,000 each.</param>
    /// <returns>Modes seen at least once, and KL(seen, uniform over 1,000) in nats: exact means over the multinomial draw.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample.</exception>
    /// <exception cref="ArgumentException">A share is negative, or they do not sum to 1.</exception>
    public static (double Modes, double ReverseKl) Of(long samples, IReadOnlyList<double>? shares = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var all = shares ?? [.. Enumerable.Repeat(1.0 / StackedDigits.Modes, StackedDigits.Modes)];
        ThrowIf(all.Any(p => !(p >= 0)) || !(Math.Abs(all.Sum() - 1) < 1e-6),
            Invariant($"Shares must be at least 0 and sum to 1; these sum to {all.Sum()}."), nameof(shares));
        double modes = 0, divergence = 0;
        foreach (var group in all.Where(p => p > 0).CountBy(p => p))
        {
            modes += group.Value * (1 - Math.Exp(samples * Math.Log(1 - group.Key)));
            divergence += group.Value * Term(samples, group.Key);
        }

        return (modes, divergence);
    }

    // E[k/n ln(1000 k/n)] of k from a binomial(n, p), term by term in logarithms.
    private static double Term(long n, double p)
    {
        if (p >= 1)
        {
            return Math.Log(StackedDigits.Modes);
        }

        var (log, sum) = (n * Math.Log(1 - p), 0.0);
        for (long k = 1; k <= n; k++)
        {
            log += Math.Log((n - k + 1) / (double)k * (p / (1 - p)));
            var share = k / (double)n;
            sum += Math.Exp(log) * share * Math.Log(share * StackedDigits.Modes);
            if (k > n * p && log < -45)
            {
                break;
            }
        }

        return sum;
    }
}
