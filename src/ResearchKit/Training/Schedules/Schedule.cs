namespace ResearchKit.Training.Schedules;

/// <summary>A number that depends on the training step: a learning rate, a penalty's weight, the strength of an augmentation. A plain number is a schedule too.</summary>
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
}
