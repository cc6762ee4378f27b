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
    public sealed override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{GetType().Name.Replace(nameof(Schedule), "", StringComparison.Ordinal).ToLowerInvariant()}({Start}, {End}, {Steps}" +
        $"{(Delay > 0 ? $", {Delay}" : "")})");
}

/// <summary>A straight line. CycleGAN keeps its learning rate for 100 epochs and takes it to 0 in 100 more (arXiv:1703.10593, section
/// 4).</summary>
/// <inheritdoc/>
public sealed record LinearSchedule(double Start, double End, long Steps, long Delay = 0) : RampSchedule(Start, End, Steps, Delay)
{
    /// <inheritdoc/>
    protected override double Between(double done) => Start + ((End - Start) * done);
}

/// <summary>Half a cosine: flat at both ends (Loshchilov and Hutter, arXiv:1608.03983, eq. 5, without restarts; R3GAN,
/// arXiv:2501.05441).</summary>
/// <inheritdoc/>
public sealed record CosineSchedule(double Start, double End, long Steps, long Delay = 0) : RampSchedule(Start, End, Steps, Delay)
{
    /// <inheritdoc/>
    protected override double Between(double done) => End + ((Start - End) * (1 + Math.Cos(Math.PI * done)) / 2);
}

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
}
