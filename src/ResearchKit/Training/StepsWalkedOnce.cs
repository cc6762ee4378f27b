using System.Collections;

namespace ResearchKit.Training;

/// <summary>Training steps that can be walked once: what it has done is in the trainer, not in the sequence.</summary>
internal sealed class StepsWalkedOnce(IEnumerable<StepReport> steps) : IEnumerable<StepReport>
{
    private bool _started;

    public IEnumerator<StepReport> GetEnumerator()
    {
        if (_started)
        {
            throw new InvalidOperationException("These training steps were run already, and running them again would train further. " +
                "Keep the reports in a list, or call Run again for more steps.");
        }

        _started = true;
        return steps.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
