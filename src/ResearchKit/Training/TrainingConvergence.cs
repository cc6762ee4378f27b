namespace ResearchKit.Training;

/// <summary>Ends a training when a measured quantity does not get better any more.</summary>
public static class TrainingConvergence
{
    /// <summary>Passes the reports on until the rule finds the quantity at rest; without that, to their end.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="measure">The quantity as it is now, lower is better: a distance, or the negative of a score. Called after each step
    /// whose number is a multiple of <see cref="ConvergenceRule.Every"/>, before its report is passed on.</param>
    /// <param name="rule">When to stop; it keeps the measurements. One that has measurements already goes on from them.</param>
    /// <returns>The same reports; the last one is that of the step at which the rule was satisfied.</returns>
    /// <exception cref="ArgumentException">While pulling: a measurement is not finite.</exception>
    public static IEnumerable<StepReport> UntilConverged(this IEnumerable<StepReport> steps, Func<double> measure, ConvergenceRule rule)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(rule);
        return Pass(steps, measure, rule);
    }

    private static IEnumerable<StepReport> Pass(IEnumerable<StepReport> steps, Func<double> measure, ConvergenceRule rule)
    {
        foreach (var step in steps)
        {
            if (step.Step % rule.Every == 0)
            {
                rule.Add(step.Step, measure());
            }

            yield return step;
            if (step.Step % rule.Every == 0 && rule.HasConverged)
            {
                yield break;
            }
        }
    }
}
