using System.Globalization;

namespace ResearchKit.Schedules;

/// <summary>A number that depends on the training step: a learning rate, a penalty's weight, the strength of an augmentation. A plain
/// number is a schedule too.</summary>
public abstract record Schedule
{
    /// <summary>The value in a step.</summary>
    /// <param name="step">The training step, from 1; the first step has the schedule's start value.</param>
    public abstract double At(long step);

    /// <summary>Checks that every value lies in a range.</summary>
    /// <param name="least">The least value allowed.</param>
    /// <param name="most">The greatest value allowed.</param>
    public bool StaysWithin(double least, double most) => Extremes.All(v => double.IsFinite(v) && v >= least && v <= most);

    /// <summary>The least and the greatest value that it takes, in any order.</summary>
    protected abstract IEnumerable<double> Extremes { get; }

    /// <summary>The schedule that always has one value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Schedule(double value) => FromDouble(value);

    /// <summary>The schedule that always has one value.</summary>
    /// <param name="value">The value.</param>
    public static Schedule FromDouble(double value) => new ConstantSchedule(value);

    /// <summary>Reads a schedule as <see cref="object.ToString"/> writes it: a number, or <c>linear(START, END, STEPS)</c>,
    /// <c>cosine(...)</c>, <c>exponential(...)</c> with the delay as a fourth number, or <c>staircase(START, FACTOR, EVERY)</c>.</summary>
    /// <param name="text">The text, with points in numbers.</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule Parse(string text)
    {
        var parts = text.Split(['(', ',', ')'], StringSplitOptions.TrimEntries);
        if (parts.Length == 1 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        var numbers = new double[Math.Max(0, parts.Length - 2)];
        var isCall = text.EndsWith(')') && parts[^1].Length == 0 && numbers.Length is 3 or 4;
        for (var i = 0; i < numbers.Length; i++)
        {
            isCall &= double.TryParse(parts[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                && (i < 2 || numbers[i] == Math.Floor(numbers[i]));
        }

        var delay = numbers.Length == 4 ? (long)numbers[3] : 0;
        return (isCall, parts[0], numbers.Length) switch
        {
            (true, "linear", _) => new LinearSchedule(numbers[0], numbers[1], (long)numbers[2], delay),
            (true, "cosine", _) => new CosineSchedule(numbers[0], numbers[1], (long)numbers[2], delay),
            (true, "exponential", _) => new ExponentialSchedule(numbers[0], numbers[1], (long)numbers[2], delay),
            (true, "staircase", 3) => new StaircaseSchedule(numbers[0], numbers[1], (long)numbers[2]),
            _ => throw new FormatException($"'{text}' is no schedule: write a number, linear(1e-3, 0, 5000), cosine(...), " +
                $"exponential(...), each with a delay as a fourth number if wanted, or staircase(1e-3, 0.5, 1000)."),
        };
    }
}

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
