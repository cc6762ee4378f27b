using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Shows a training to a monitor of collapse, while the reports pass through.</summary>
public static class CollapseWatch
{
    /// <summary>Passes the reports on; when a look is due, the monitor looks at the generator before the report is seen.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="monitor">The monitor; its verdict stands after each report.</param>
    /// <returns>The same reports.</returns>
    public static IEnumerable<StepReport> Watch(this IEnumerable<StepReport> steps, CollapseMonitor monitor)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        return steps.Watch(monitor.Observe, _ => { }); // that it broke off, the other monitor says
    }
}
