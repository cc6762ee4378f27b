using System.Text;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Runtime;
using ResearchKit.Training.Checkpoints;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run that several processes share: the first one has the folder, and the others do the same steps on batches of their
/// own.</summary>
public static class SharedRun
{
    /// <summary>Does in another process than the first what <see cref="ExperimentRun.Train"/> does in that, and writes nothing.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="cancellation">Ends the run in all of them after the same step, with an <see cref="OperationCanceledException"/>.
    /// </param>
    /// <returns>The reports of the steps; the same numbers as in the first process.</returns>
    /// <exception cref="TrainingDivergedException">While pulling: a number is NaN or infinite, in all processes.</exception>
    public static IEnumerable<StepReport> Follow(ProcessGroup group, CancellationToken cancellation = default)
    {
        if (Receive(group) is not var (options, withPlan, configuration))
        {
            yield break;
        }

        using var experiment = ExperimentKinds.Build(options, (_, _) => cancellation.ThrowIfCancellationRequested());
        var trainer = experiment.Training;
        var checkpoints = new CheckpointFolder("of the first process", configuration); // not looked at in this one
        var start = checkpoints.Load(trainer) ?? 0;
        if (withPlan && start < options.Run.Steps)
        {
            RunPlan.Try(experiment, cancellation);
        }

        foreach (var step in trainer.Run((int)(options.Run.Steps - start), cancellation))
        {
            if (step.Step % options.Run.CheckpointEvery == 0 || step.Step == options.Run.Steps)
            {
                checkpoints.Save(trainer);
            }

            yield return step;
        }

        if (trainer.StepsDone < options.Run.Steps)
        {
            checkpoints.Save(trainer);
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Tells the others what is trained, before the experiment is built.</summary>
    /// <param name="group">The processes; null for this one alone.</param>
    /// <param name="options">The run's options; null where there is nothing to do.</param>
    /// <param name="withPlan">Whether some steps are tried first.</param>
    internal static void Send(ProcessGroup? group, ExperimentOptions? options, bool withPlan)
    {
        if (group is not null)
        {
            group.Share(options is null ? [] : Encoding.UTF8.GetBytes(ExperimentJson.Write(options)));
            group.Any(withPlan);
        }
    }

    /// <summary>A run's options as this process builds it: shared, and on a device of its own where there are several.</summary>
    internal static ExperimentOptions Own(ExperimentOptions options, ProcessGroup? group)
    {
        if (group is null)
        {
            return options;
        }

        var device = options.Run.Device is "cuda" or "best" && cuda.is_available()
            ? $"cuda:{MpiGroup.LocalRank % cuda.device_count()}"
            : options.Run.Device;
        return options with { Trainer = options.Trainer.SharedBy(group), Run = options.Run with { Device = device } };
    }

    private static (ExperimentOptions Options, bool WithPlan, string Configuration)? Receive(ProcessGroup group)
    {
        var json = Encoding.UTF8.GetString(group.Share(null));
        var withPlan = group.Any(false);
        if (json.Length == 0)
        {
            return null;
        }

        NativeRuntime.EnsureLoaded();
        var options = ExperimentJson.Read(json);
        return (Own(options, group), withPlan, ExperimentJson.Hash(options));
    }
}
