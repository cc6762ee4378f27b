using System.Diagnostics;
using System.Globalization;

namespace ResearchKit.Training;

/// <summary>What can be put around a sequence of training steps. It stays as lazy as it is, and passes the same reports on.</summary>
public static class StepSequences
{
    /// <summary>Writes a line now and then: how far, the losses, the speed, the time left.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="total">The steps expected in this sequence, at least 1.</param>
    /// <param name="writer">Where the lines go; null for the console.</param>
    /// <param name="every">Time between two lines; null for 10 seconds. The last step always has one.</param>
    /// <param name="whole">Whether <paramref name="total"/> and the percent are of the whole training: steps before this sequence count.
    /// </param>
    /// <returns>The same reports.</returns>
    public static IEnumerable<StepReport> WithProgress(this IEnumerable<StepReport> steps, int total, TextWriter? writer = null,
        TimeSpan? every = null, bool whole = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        return Pass();

        IEnumerable<StepReport> Pass()
        {
            var watch = Stopwatch.StartNew();
            var lastLine = TimeSpan.Zero;
            var done = 0;
            foreach (var step in steps)
            {
                done++;
                var at = whole ? step.Step : done;
                if (watch.Elapsed - lastLine >= (every ?? TimeSpan.FromSeconds(10)) || at == total)
                {
                    lastLine = watch.Elapsed;
                    var left = watch.Elapsed / done * Math.Max(0, total - at);
                    (writer ?? Console.Out).WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{Math.Floor(100.0 * at / total),3:0} %  {step}  {step.ImagesPerSecond:0} samples/s  {left:h\\:mm\\:ss} left"));
                }

                yield return step;
            }
        }
    }

    /// <summary>Ends a training when a measured quantity does not get better any more; without that, it goes to its end.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="measure">The quantity as it is now, lower is better: a distance, or the negative of a score. Called after each step
    /// whose number is a multiple of <see cref="ConvergenceRule.Every"/>, before its report is passed on.</param>
    /// <param name="rule">When to stop; it keeps the measurements. One that has measurements already goes on from them.</param>
    /// <returns>The same reports; the last one is that of the step at which the rule was satisfied.</returns>
    /// <exception cref="ArgumentException">While pulling: a measurement is not finite.</exception>
    public static IEnumerable<StepReport> UntilConverged(this IEnumerable<StepReport> steps, Func<double> measure, ConvergenceRule rule)
    {
        foreach (var step in steps)
        {
            var isMeasured = step.Step % rule.Every == 0;
            if (isMeasured)
            {
                rule.Add(step.Step, measure());
            }

            yield return step;
            if (isMeasured && rule.HasConverged)
            {
                yield break;
            }
        }
    }
}
