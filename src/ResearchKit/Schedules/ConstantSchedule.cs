using System.Globalization;

namespace ResearchKit.Schedules;

/// <summary>One value for all steps.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSchedule(double Value) : Schedule
{
    /// <inheritdoc/>
    protected override IEnumerable<double> Extremes => [Value];

    /// <inheritdoc/>
    public override double At(long step) => Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
