using System.Collections;

namespace ResearchKit.Training;

/// <summary>Steps of a training, each done when its report is pulled. They can be walked once: a second time would train further, so it
/// throws.</summary>
public sealed class TrainingSteps : IEnumerable<StepReport>
{
    private readonly IEnumerable<StepReport> _steps;
    private bool _started;

    internal TrainingSteps(IEnumerable<StepReport> steps, int? planned = null) => (_steps, Planned) = (steps, planned);

    /// <summary>How many there will be; null where that is not known before.</summary>
    public int? Planned { get; }

    /// <inheritdoc/>
    public IEnumerator<StepReport> GetEnumerator()
    {
        if (_started)
        {
            throw new InvalidOperationException("These training steps were run already, and running them again would train further. " +
                "Keep the reports in a list, or call Run again for more steps.");
        }

        _started = true;
        return _steps.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
