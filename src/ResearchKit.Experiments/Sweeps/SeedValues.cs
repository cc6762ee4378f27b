using ResearchKit.Experiments.Options;
using ResearchKit.Statistics;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>One score over the seeds of a setting.</summary>
/// <param name="Values">The finite values, one a run.</param>
/// <param name="Runs">Runs that could have had one.</param>
/// <param name="Least">The least value that the score can have.</param>
/// <param name="Most">The greatest value that it can have.</param>
/// <example><code>var (low, high) = new SeedValues([25, 24, 25], 3, Least: 0, Most: 25).Interval(0.95); // never above 25</code></example>
public sealed record SeedValues(IReadOnlyList<double> Values, int Runs, double Least = double.NegativeInfinity,
    double Most = double.PositiveInfinity)
{
    /// <summary>The mean; NaN of no values.</summary>
    public double Mean => Values.Count == 0 ? double.NaN : Values.Average();

    /// <summary>The sample standard deviation; NaN of fewer than two values.</summary>
    public double Deviation =>
        Values.Count < 2 ? double.NaN : Math.Sqrt(Values.Sum(v => Math.Pow(v - Mean, 2)) / (Values.Count - 1));

    /// <summary>The standard error of the mean; NaN of fewer than two values.</summary>
    public double Error => Deviation / Math.Sqrt(Values.Count);

    /// <summary>An interval of the mean that stays within the score's range.</summary>
    /// <param name="level">Its level, for example 0.95.</param>
    /// <returns>Low and high; NaN of fewer than two values, and no width where all values are equal.</returns>
    /// <remarks>Student's. With both ends of the range known it is taken on the scale of log((m - Least) / (Most - m)), with a lower end
    /// alone on that of log(m - Least), where the error is the delta method's, and brought back: the logit interval of Brown, Cai and
    /// DasGupta, Statistical Science 16, 2001, with Student's factor, as <c>svyciprop(method = "logit")</c> of R's survey has it.</remarks>
    public (double Low, double High) Interval(double level)
    {
        if (!(Error > 0))
        {
            return Values.Count < 2 ? (double.NaN, double.NaN) : (Mean, Mean);
        }

        var half = StudentDistribution.Factor(level, Values.Count - 1) * Error;
        var (above, below) = (Mean - Least, Most - Mean);
        return (double.IsFinite(above), double.IsFinite(below)) switch
        {
            (true, true) => (Inside(-1), Inside(1)),
            (true, false) => (Least + (above * Math.Exp(-half / above)), Least + (above * Math.Exp(half / above))),
            _ => (Mean - half, Mean + half),
        };

        double Inside(int side)
        {
            var odds = above / below * Math.Exp(side * half * ((1 / above) + (1 / below)));
            return double.IsInfinity(odds) ? Most : Least + ((Most - Least) * odds / (1 + odds));
        }
    }

    /// <summary>Welch's interval of the difference to a published mean: what is here less what was published.</summary>
    /// <param name="published">The published value, with its standard error and its number of runs.</param>
    /// <param name="level">The interval's level.</param>
    /// <returns>Low and high, no further than two means in the range can be apart; null where the publication gives no error or no number
    /// of runs, or here are fewer than two.</returns>
    /// <remarks>Welch 1947: variances are added, and the degrees of freedom are Satterthwaite's.</remarks>
    public (double Low, double High)? DifferenceFrom(PublishedValue published, double level)
    {
        if (Values.Count < 2 || published is not { Error: { } error, Runs: >= 2 and var runs })
        {
            return null;
        }

        var (here, there) = (Error * Error, error * error);
        var both = here + there;
        var degrees = both == 0 ? 1 : both * both / (here * here / (Values.Count - 1) + there * there / (runs - 1));
        var (difference, half) = (Mean - published.Mean, StudentDistribution.Factor(level, degrees) * Math.Sqrt(both));
        return (Math.Max(difference - half, Least - Most), Math.Min(difference + half, Most - Least));
    }

    /// <summary>Wilson's interval of a share of runs.</summary>
    /// <param name="count">Runs that have what is counted.</param>
    /// <param name="runs">All of them, at least 1.</param>
    /// <param name="level">The interval's level.</param>
    /// <returns>Low and high, within [0, 1].</returns>
    public static (double Low, double High) Share(int count, int runs, double level) =>
        WilsonInterval.Of(count / (double)runs, runs, level);

    /// <summary>Mean and standard error, as a table has them.</summary>
    public override string ToString() => Values.Count switch
    {
        0 => "-",
        1 => Number(Values[0]),
        _ => $"{Number(Mean)} ± {Number(Error)}",
    } + Fewer;

    /// <summary>Mean and standard error, the error to two digits and the mean to the same place.</summary>
    internal string Rounded()
    {
        if (Values.Count < 2 || !(Error > 0))
        {
            return ToString();
        }

        var places = "F" + Math.Clamp(1 - (int)Math.Floor(Math.Log10(Error)), 0, 9).ToString(CultureInfo.InvariantCulture);
        return $"{Mean.ToString(places, CultureInfo.InvariantCulture)} ± {Error.ToString(places, CultureInfo.InvariantCulture)}{Fewer}";
    }

    /// <summary>Mean and 95 % interval, as a table has them.</summary>
    internal string WithInterval()
    {
        var (low, high) = Interval(0.95);
        return Values.Count < 2 ? ToString() : $"{Number(Mean)} [{Number(low)}, {Number(high)}]{Fewer}";
    }

    /// <summary>A number in a table.</summary>
    internal static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    // A score that some of the runs do not have is a mean over the others.
    private string Fewer => Values.Count > 0 && Values.Count < Runs ? $" ({Values.Count} of {Runs})" : "";
}
