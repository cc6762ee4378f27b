using ResearchKit.Experiments.Runs;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>How a run of a sweep stands.</summary>
public enum SweepRunState
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>A process trains it.</summary>
    Running,

    /// <summary>Begun, and no process trains it: the same command goes on.</summary>
    Begun,

    /// <summary>Its last training ended with an error.</summary>
    Failed,

    /// <summary>A number became NaN or infinite: nothing is left to do.</summary>
    Diverged,

    /// <summary>Done.</summary>
    Done,
}

/// <summary>How a run of a sweep stands, read from its folder alone: no scheduler is asked, and nothing is written.</summary>
/// <param name="Cell">The run.</param>
/// <param name="State">The state.</param>
/// <param name="Words">Where it is trained and since when, its step, its last checkpoint, or why it failed.</param>
/// <example><code>plan.Cells.Select(c => SweepStatus.Of(c, "runs/ring")).Count(s => s.State == SweepRunState.Failed)</code></example>
public sealed record SweepStatus(SweepCell Cell, SweepRunState State, string Words)
{
    /// <summary>Looks at a run.</summary>
    /// <param name="cell">The run.</param>
    /// <param name="sweep">The sweep's folder.</param>
    /// <param name="told">What the run's process said last where that is kept elsewhere, as in the output of a job array
    /// (<see cref="SlurmArray.ErrorOf"/>), and when; null for nothing. It counts where the folder says nothing later.</param>
    public static SweepStatus Of(SweepCell cell, string sweep, (string Error, DateTime At)? told = null)
    {
        try
        {
            return cell.Find(sweep) is { } run ? Of(cell, run, told?.At >= File.GetLastWriteTimeUtc(run.OptionsFile()) ? told?.Error : null)
                : told is var (error, _) ? new SweepStatus(cell, SweepRunState.Failed, error)
                : new SweepStatus(cell, SweepRunState.Waiting, "");
        }
        catch (DataFileException e)
        {
            return new SweepStatus(cell, SweepRunState.Failed, e.Message);
        }
    }

    private static SweepStatus Of(SweepCell cell, RunFolder run, string? told)
    {
        var steps = run.Options.Run.Steps;
        if (run.IsDone)
        {
            return new SweepStatus(cell, SweepRunState.Done, $"{steps} steps");
        }

        if (run.Divergence is { } divergence)
        {
            return new SweepStatus(cell, SweepRunState.Diverged, $"at step {divergence.Step}: {divergence.Quantity}");
        }

        var (isHeld, holder) = RunLock.Look(run.Path);
        if (isHeld)
        {
            return new SweepStatus(cell, SweepRunState.Running, $"step {Math.Max(run.Log.LastStep ?? 0, run.Checkpoints.LastStep ?? 0)} " +
                $"of {steps}{(holder is null ? "" : $", {holder}")}");
        }

        var checkpoint = run.Checkpoints.LastStep is { } step ? $"checkpoint at step {step} of {steps}" : "no checkpoint yet";
        return (run.Ending.Failure ?? told) is { } reason ? new SweepStatus(cell, SweepRunState.Failed, $"{checkpoint}: {reason}")
            : new SweepStatus(cell, SweepRunState.Begun, checkpoint + (holder is null ? ""
                : $"; its process {holder} ended without a word, as when it is killed or has no memory"));
    }
}
