namespace ResearchKit.Schedules;

/// <summary>The same factor in every step: a straight line in the logarithm. Both ends must be above 0.</summary>
/// <inheritdoc/>
public sealed record ExponentialSchedule(double Start, double End, long Steps, long Delay = 0) : RampSchedule(Start, End, Steps, Delay)
{
    /// <summary>The last value.</summary>
    public new double End { get; } = Start > 0 && End > 0
        ? End
        : throw new ArgumentOutOfRangeException(nameof(End), End, "An exponential schedule goes from a value above 0 to a value above 0.");

    /// <inheritdoc/>
    protected override double Between(double done) => Start * Math.Pow(End / Start, done);

    /// <inheritdoc/>
    public override string ToString() => "exponential" + base.ToString();
}
