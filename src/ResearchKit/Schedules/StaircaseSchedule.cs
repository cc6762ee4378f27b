using System.Globalization;

namespace ResearchKit.Schedules;

/// <summary>Stays for some steps, then falls by a factor, again and again.</summary>
/// <param name="Start">The first value.</param>
/// <param name="Factor">What each fall multiplies by, in (0, 1].</param>
/// <param name="Every">Steps between two falls, at least 1.</param>
public sealed record StaircaseSchedule(double Start, double Factor, long Every) : Schedule
{
    /// <summary>What each fall multiplies by.</summary>
    public double Factor { get; } = Factor is > 0 and <= 1
        ? Factor
        : throw new ArgumentOutOfRangeException(nameof(Factor), Factor, "The factor must be in (0, 1].");

    /// <summary>Steps between two falls.</summary>
    public long Every { get; } = Every >= 1
        ? Every
        : throw new ArgumentOutOfRangeException(nameof(Every), Every, "A stair needs at least 1 step.");

    /// <inheritdoc/>
    protected override IEnumerable<double> Extremes => [Start, Factor < 1 ? 0 : Start];

    /// <inheritdoc/>
    public override double At(long step) => Start * Math.Pow(Factor, (step - 1) / Every);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"staircase({Start}, {Factor}, {Every})");
}
