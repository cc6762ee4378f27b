using System.Diagnostics;
using System.Globalization;

namespace ResearchKit.Training;

/// <summary>Writes how a training goes on, while the reports pass through.</summary>
public static class TrainingProgress
{
    /// <summary>Passes the reports on and writes a line now and then: how far, the losses, the speed, the time left.</summary>
    /// <param name="steps">The training.</param>
    /// <param name="total">The steps expected in this sequence, at least 1.</param>
    /// <param name="writer">Where the lines go; null for the console.</param>
    /// <param name="every">Time between two lines; null for 10 seconds. The last step always has one.</param>
    /// <returns>The same reports.</returns>
    public static IEnumerable<StepReport> WithProgress(this IEnumerable<StepReport> steps, int total, TextWriter? writer = null,
        TimeSpan? every = null)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        return Pass(steps, total, writer ?? Console.Out, every ?? TimeSpan.FromSeconds(10));
    }

    private static IEnumerable<StepReport> Pass(IEnumerable<StepReport> steps, int total, TextWriter writer, TimeSpan every)
    {
        var watch = Stopwatch.StartNew();
        var lastLine = TimeSpan.Zero;
        var done = 0;
        foreach (var step in steps)
        {
            done++;
            if (watch.Elapsed - lastLine >= every || done == total)
            {
                lastLine = watch.Elapsed;
                var left = watch.Elapsed / done * Math.Max(0, total - done);
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{100.0 * done / total,3:0} %  {step}  {step.ImagesPerSecond:0} images/s  {left:h\\:mm\\:ss} left"));
            }

            yield return step;
        }
    }
}
