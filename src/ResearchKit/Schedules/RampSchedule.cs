using System.Globalization;

namespace ResearchKit.Schedules;

/// <summary>From one value to another along a curve: Start up to step <c>Delay</c> + 1, End from step <c>Delay + Steps</c> + 1
/// on.</summary>
/// <param name="Start">The first value.</param>
/// <param name="End">The last value.</param>
/// <param name="Steps">How long the way takes, at least 1.</param>
/// <param name="Delay">Steps that keep the first value before the way begins, at least 0.</param>
public abstract record RampSchedule(double Start, double End, long Steps, long Delay) : Schedule
{
    /// <summary>How long the way takes.</summary>
    public long Steps { get; } = Steps >= 1
        ? Steps
        : throw new ArgumentOutOfRangeException(nameof(Steps), Steps, "A schedule needs at least 1 step.");

    /// <summary>Steps that keep the first value.</summary>
    public long Delay { get; } = Delay >= 0
        ? Delay
        : throw new ArgumentOutOfRangeException(nameof(Delay), Delay, "A delay cannot be negative.");

    /// <inheritdoc/>
    protected override IEnumerable<double> Extremes => [Start, End];

    /// <inheritdoc/>
    public override double At(long step) => Math.Clamp((step - 1 - Delay) / (double)Steps, 0, 1) switch
    {
        0 => Start,
        1 => End,
        // rounding must not lead out of the range that was checked
        var done => Math.Clamp(Between(done), Math.Min(Start, End), Math.Max(Start, End)),
    };

    /// <summary>The value on the way.</summary>
    /// <param name="done">The share of the way, above 0 and below 1.</param>
    protected abstract double Between(double done);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"({Start}, {End}, {Steps}{(Delay > 0 ? $", {Delay}" : "")})");
}
