using System.Globalization;
using ResearchKit.Data.Toy;
using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Modes;

/// <summary>A mixture's modes over several runs: whether a method gives some modes too much or too little every time, not only in one
/// run.</summary>
/// <param name="Runs">Runs that count: those with a high-quality sample.</param>
/// <param name="LeftOut">Runs without one, which have no shares.</param>
/// <param name="Level">The intervals' level. Of true shares about one minus this share falls out by chance.</param>
/// <param name="Modes">Each mode, in the mixture's order.</param>
public sealed record ModeHistogram(int Runs, int LeftOut, double Level, IReadOnlyList<ModeShare> Modes)
{
    /// <summary>The modes whose interval leaves their true share out.</summary>
    public IReadOnlyList<ModeShare> Departing => [.. Modes.Where(m => m.Departs)];

    /// <summary>Gathers runs.</summary>
    /// <param name="runs">The coverage at the end of runs of one method that differ in their seed.</param>
    /// <param name="target">The mixture that all were measured against.</param>
    /// <param name="level">The intervals' level, in (0, 1).</param>
    /// <exception cref="ArgumentException">Fewer than 2 runs have a high-quality sample, or one was measured against another number of
    /// modes.</exception>
    public static ModeHistogram Of(IReadOnlyList<ModeCoverage> runs, GaussianMixture target, double level = 0.95)
    {
        ThrowIfOutside(level is not (> 0 and < 1), level, "The level of an interval lies between 0 and 1.");
        if (runs.FirstOrDefault(r => r.PerMode.Count != target.Weights.Count) is { } other)
        {
            throw new ArgumentException($"{target.Name} has {target.Weights.Count} modes, and a run was measured against " +
                $"{other.PerMode.Count}.", nameof(runs));
        }

        ModeCoverage[] counted = [.. runs.Where(r => r.PerMode.Sum() > 0)];
        ThrowIf(counted.Length < 2,
            $"An interval over runs needs at least 2 with a high-quality sample; there are {counted.Length} among " +
                $"{runs.Count}.", nameof(runs));
        var factor = StudentDistribution.Factor(level, counted.Length - 1) / Math.Sqrt(counted.Length);
        return new ModeHistogram(counted.Length, runs.Count - counted.Length, level,
            [.. target.Weights.Select((share, mode) => OfMode(mode, share, counted, factor))]);
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Departing.Count} of {Modes.Count} modes have a share whose {Level:0.#%} interval over {Runs} runs leaves the true share out " +
        $"(about {(1 - Level) * Modes.Count:0.#} would by chance); least mean share {Modes.Min(m => m.Mean):0.0%}, greatest " +
        $"{Modes.Max(m => m.Mean):0.0%}")
        + (LeftOut == 0 ? "" : $"; {LeftOut} run(s) without a high-quality sample left out");

    private static ModeShare OfMode(int mode, double share, ModeCoverage[] runs, double factor)
    {
        double[] shares = [.. runs.Select(r => (double)r.PerMode[mode] / r.PerMode.Sum())];
        var mean = shares.Average();
        var reach = factor * Math.Sqrt(shares.Sum(s => (s - mean) * (s - mean)) / (shares.Length - 1));
        return new ModeShare(mode, share, mean, mean - reach, mean + reach, runs.Count(r => r.PerMode[mode] > 0));
    }
}

/// <summary>How much of the samples one mode gets, over several runs.</summary>
/// <param name="Mode">The mode's index in the mixture.</param>
/// <param name="True">The share that it has there.</param>
/// <param name="Mean">The mean over runs of its share of the high-quality samples.</param>
/// <param name="Low">Lower end of Student's interval of that mean; may lie below 0.</param>
/// <param name="High">Upper end.</param>
/// <param name="Found">Runs that have at least one sample there.</param>
public sealed record ModeShare(int Mode, double True, double Mean, double Low, double High, int Found)
{
    /// <summary>Whether the interval leaves the true share out.</summary>
    public bool Departs => True < Low || True > High;
}
