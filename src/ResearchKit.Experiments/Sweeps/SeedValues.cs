using System.Globalization;
using ResearchKit.Experiments.Options;
using ResearchKit.Statistics;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>One score over the seeds of a setting.</summary>
/// <param name="Values">The finite values, one a run.</param>
/// <param name="Runs">Runs that could have had one.</param>
public sealed record SeedValues(IReadOnlyList<double> Values, int Runs)
{
    /// <summary>The mean; NaN of no values.</summary>
    public double Mean => Values.Count == 0 ? double.NaN : Values.Average();

    /// <summary>The sample standard deviation; NaN of fewer than two values.</summary>
    public double Deviation =>
        Values.Count < 2 ? double.NaN : Math.Sqrt(Values.Sum(v => Math.Pow(v - Values.Average(), 2)) / (Values.Count - 1));

    /// <summary>The standard error of the mean; NaN of fewer than two values.</summary>
    public double Error => Deviation / Math.Sqrt(Values.Count);

    /// <summary>Student's interval of the mean.</summary>
    /// <param name="level">Its level, for example 0.95.</param>
    /// <returns>Low and high; NaN of fewer than two values.</returns>
    public (double Low, double High) Interval(double level)
    {
        var half = Values.Count < 2 ? double.NaN : StudentDistribution.Factor(level, Values.Count - 1) * Error;
        return (Mean - half, Mean + half);
    }

    /// <summary>Welch's interval of the difference to a published mean: what is here less what was published.</summary>
    /// <param name="published">The published value, with its standard error and its number of runs.</param>
    /// <param name="level">The interval's level.</param>
    /// <returns>Low and high; null where the publication gives no error or no number of runs, or here are fewer than two.</returns>
    /// <remarks>Welch 1947: variances are added, and the degrees of freedom are Satterthwaite's.</remarks>
    public (double Low, double High)? DifferenceFrom(PublishedValue published, double level)
    {
        ArgumentNullException.ThrowIfNull(published);
        if (Values.Count < 2 || published is not { Error: { } error, Runs: >= 2 and var runs })
        {
            return null;
        }

        var (here, there) = (Error * Error, error * error);
        var both = here + there;
        var degrees = both == 0 ? 1 : both * both / (here * here / (Values.Count - 1) + there * there / (runs - 1));
        var half = StudentDistribution.Factor(level, degrees) * Math.Sqrt(both);
        return (Mean - published.Mean - half, Mean - published.Mean + half);
    }

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

        var places = Math.Clamp(1 - (int)Math.Floor(Math.Log10(Error)), 0, 9).ToString(CultureInfo.InvariantCulture);
        return $"{Mean.ToString("F" + places, CultureInfo.InvariantCulture)} ± " +
            $"{Error.ToString("F" + places, CultureInfo.InvariantCulture)}{Fewer}";
    }

    /// <summary>Mean and 95 % interval, as a table has them.</summary>
    internal string WithInterval()
    {
        var (low, high) = Interval(0.95);
        return Values.Count switch
        {
            0 => "-",
            1 => Number(Values[0]) + Fewer,
            _ => $"{Number(Mean)} [{Number(low)}, {Number(high)}]{Fewer}",
        };
    }

    /// <summary>A number in a table.</summary>
    internal static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    // A score that some of the runs do not have is a mean over the others.
    private string Fewer => Values.Count > 0 && Values.Count < Runs ? $" ({Values.Count} of {Runs})" : "";
}
