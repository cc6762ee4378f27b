namespace ResearchKit.Schedules;

/// <summary>The check of the parts that take a schedule.</summary>
internal static class ScheduleRange
{
    /// <summary>Gives the schedule back where every value fits.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="what">Whose value it is, for the error: "R1's gamma".</param>
    /// <param name="most">The greatest value allowed; the least is 0.</param>
    /// <exception cref="ArgumentException">A value is negative, not finite or too great; shows the schedule.</exception>
    public static Schedule Require(this Schedule schedule, string what, double most = double.MaxValue) => schedule.StaysWithin(0, most)
        ? schedule
        : throw new ArgumentException(most == double.MaxValue
            ? $"{what} must stay finite and at least 0, but the schedule is \"{schedule}\"."
            : FormattableString.Invariant($"{what} must stay in [0, {most}], but the schedule is \"{schedule}\"."));
}
