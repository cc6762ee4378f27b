using System.Diagnostics;
using Microsoft.DotNet.Interactive.Formatting;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Training;

namespace ResearchKit.Interactive;

/// <summary>A training that can be watched while it runs.</summary>
public static class LiveTraining
{
    private const double LargestShare = 0.1;

    /// <summary>Shows a training below the cell, anew about every second: a picture, curves of the losses and of D's probabilities, what
    /// monitors say, speed and time left. What stays in the notebook is the last state, without times.</summary>
    /// <remarks>Drawing changes no number of the training, and takes at most about a tenth of its time: where a picture is slow, it is
    /// drawn less often. Outside a notebook the steps are printed, a line every ten seconds; the last picture goes to what a
    /// program has set up for <c>Display</c>.</remarks>
    /// <param name="steps">What a trainer's <c>Run</c> gives.</param>
    /// <param name="picture">What to show of the present networks, for example
    /// <c>() => ImageGrid.Of(trainer.Sample(z))</c> or a figure of the plane; null for none.</param>
    /// <param name="monitors">See every step; what they say is shown.</param>
    /// <returns>The same reports, to be walked once.</returns>
    /// <exception cref="InvalidOperationException">While pulling: the steps were walked before.</exception>
    /// <exception cref="TrainingDivergedException">While pulling: a number is NaN or infinite; the monitors have heard of it.</exception>
    /// <exception cref="OperationCanceledException">While pulling: the host's Stop was pressed.</exception>
    public static IEnumerable<StepReport> Live(this IEnumerable<StepReport> steps, Func<object>? picture = null,
        params ITrainingMonitor[] monitors)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Watch(steps, new LiveView(picture, monitors, (steps as TrainingSteps)?.Planned), monitors);
    }

    private static IEnumerable<StepReport> Watch(IEnumerable<StepReport> steps, LiveView view, ITrainingMonitor[] monitors)
    {
        var clock = Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        using var reports = steps.GetEnumerator();
        try
        {
            while (Next(reports, monitors))
            {
                view.Add(reports.Current);
                if (clock.Elapsed >= next)
                {
                    var before = clock.Elapsed;
                    view.Show(before);
                    var pause = (clock.Elapsed - before) / LargestShare;
                    next = clock.Elapsed + (pause > view.Interval ? pause : view.Interval);
                }

                yield return reports.Current;
            }
        }
        finally
        {
            view.Show(null); // however it ends
        }
    }

    private static bool Next(IEnumerator<StepReport> reports, ITrainingMonitor[] monitors)
    {
        try
        {
            return reports.MoveNext();
        }
        catch (TrainingDivergedException diverged)
        {
            Array.ForEach(monitors, m => m.Observe(diverged));
            throw;
        }
    }

    private sealed class LiveView(Func<object>? picture, ITrainingMonitor[] monitors, int? planned)
    {
        private readonly bool _inNotebook = InteractiveKernel.Hosts || KitFormatters.DrawsFigures;
        private readonly LivePanel _panel = new(planned);
        private readonly MovingDisplay _shownPicture = new();
        private readonly MovingDisplay _shownPanel = new();

        public TimeSpan Interval => TimeSpan.FromSeconds(_inNotebook ? 1 : 10);

        public void Add(StepReport step)
        {
            Array.ForEach(monitors, m => m.Observe(step));
            _panel.Add(step);
        }

        /// <param name="elapsed">Null for the last state.</param>
        public void Show(TimeSpan? elapsed)
        {
            if (_panel.IsEmpty)
            {
                return;
            }

            _panel.Update(elapsed, [.. monitors.Select(m => m.Says)]);
            if (!_inNotebook)
            {
                Console.WriteLine(_panel);
                if (elapsed is null && picture is not null && KitFormatters.AreThere)
                {
                    _shownPicture.Put(picture()); // to whoever takes what a program displays
                }

                return;
            }

            if (picture is not null)
            {
                _shownPicture.Put(picture());
            }

            _shownPanel.Put(_panel);
        }
    }

    // A class of its own: a program without the formatting library never opens it.
    private sealed class MovingDisplay
    {
        private DisplayedValue? _shown;

        // The handle that Display gives updates nothing: it has another name than what it shows. The value that it announces has the
        // right one.
        public void Put(object value)
        {
            if (_shown is not null)
            {
                _shown.Update(value);
                return;
            }

            using (Formatter.SubscribeToDisplayedValues(v => _shown = ReferenceEquals(v.Value, value) ? v : _shown))
            {
                value.Display();
            }
        }
    }
}
