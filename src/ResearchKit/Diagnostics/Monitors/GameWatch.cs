using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Shows a training to a monitor, while the reports pass through.</summary>
public static class GameWatch
{
    /// <summary>Passes the reports on and shows them to a monitor; a training that breaks off with NaN is told to it, and still
    /// throws.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="monitor">The monitor; its verdict stands after each report.</param>
    /// <returns>The same reports.</returns>
    public static IEnumerable<StepReport> Watch(this IEnumerable<StepReport> steps, GameMonitor monitor)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        return steps.Watch(step => monitor.Observe(step), monitor.Observe);
    }

    /// <summary>The same with actions in a monitor's place.</summary>
    internal static IEnumerable<StepReport> Watch(this IEnumerable<StepReport> steps, Action<StepReport> see,
        Action<TrainingDivergedException> seeEnd)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Pass();

        IEnumerable<StepReport> Pass()
        {
            using var source = steps.GetEnumerator();
            while (Next(source))
            {
                see(source.Current);
                yield return source.Current;
            }
        }

        bool Next(IEnumerator<StepReport> source)
        {
            try
            {
                return source.MoveNext();
            }
            catch (TrainingDivergedException diverged)
            {
                seeEnd(diverged);
                throw;
            }
        }
    }
}
