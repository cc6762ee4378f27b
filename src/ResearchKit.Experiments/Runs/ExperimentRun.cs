using System.Diagnostics;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Runtime;

namespace ResearchKit.Experiments.Runs;

/// <summary>Trains an experiment into a folder, from its beginning or from its last checkpoint.</summary>
public static class ExperimentRun
{
    /// <summary>Trains until the run's steps are done, one step for every report that is pulled. On a CPU, however often it is left, killed
    /// and begun again, the log, the grids and the generator end with the same bytes.</summary>
    /// <param name="run">The run's folder. Training resumes from the last whole checkpoint in it.</param>
    /// <param name="tell">Told what happens: the plan before the first step (<see cref="RunPlan"/>), a resume and the time left, a
    /// checkpoint that was passed over, a new verdict, the verdict at the end.</param>
    /// <param name="progress">Told while images are read how many are done, of how many.</param>
    /// <param name="withPlan">Whether a plan is made and told.</param>
    /// <param name="group">The processes that share the run, of which this one is the first, and each other one calls
    /// <see cref="SharedRun.Follow"/>; null for this one alone.</param>
    /// <param name="cancellation">Ends the run between two steps: a checkpoint is written, and <see cref="OperationCanceledException"/>
    /// thrown.</param>
    /// <returns>The reports of the steps that were still to do. The generator is written after the last one.</returns>
    /// <exception cref="TrainingDivergedException">While pulling: a number is NaN or infinite.</exception>
    /// <exception cref="DataFileException">While pulling: a file cannot be read or written; the last checkpoint is whole.</exception>
    public static IEnumerable<StepReport> Train(RunFolder run, Action<string>? tell = null, Action<int, int>? progress = null,
        bool withPlan = true, ProcessGroup? group = null, CancellationToken cancellation = default) =>
        Steps(run, tell, progress, withPlan, group, cancellation);

    /// <summary>What a training would do: reads the data, builds the networks, tries some steps, and writes nothing.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="progress">Told while images are read how many are done, of how many.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    /// <exception cref="DataFileException">The data are missing or damaged.</exception>
    public static string Plan(ExperimentOptions options, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        RunFolder.Check(options);
        using var experiment = ExperimentKinds.Build(options, Heeding(progress, cancellation));
        return $"{RunPlan.Try(experiment, cancellation)}";
    }

    // A large folder takes a while.
    private static Action<int, int> Heeding(Action<int, int>? progress, CancellationToken cancellation) => (done, total) =>
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Invoke(done, total);
    };

    /// <summary>Judges a run again from its log, for example by other thresholds, or while it is being trained elsewhere.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="thresholds">Where trouble begins; null for the defaults.</param>
    /// <returns>A monitor that has seen the whole log: its verdict, its changes, and the numbers for a figure. It cannot know of a NaN that
    /// ended the run; <c>verdict.json</c> does.</returns>
    /// <exception cref="DataFileException">The log, or the data that the run is built from, cannot be read.</exception>
    public static GameMonitor Judge(RunFolder run, GameThresholds? thresholds = null)
    {
        using var experiment = OnCpu(run); // the weights at the start are compared with the log's
        var monitor = new RunMonitor(run, experiment, thresholds);
        monitor.Replay();
        return monitor.Monitor;
    }

    /// <summary>A run's experiment, built on the CPU, for a card may be busy with the run itself; without its data where that can be.
    /// </summary>
    internal static TrainableExperiment OnCpu(RunFolder run)
    {
        var options = run.Options with { Run = run.Options.Run with { Device = "cpu" } };
        return ExperimentKinds.IsTranslation(options) ? ExperimentKinds.Build(options)
            : run.Shape is { } shape ? Experiment.BuildWithoutData(options, shape, Start(run, _ => { }))
            : Experiment.Build(options, null, Start(run, _ => { }));
    }

    private static Action<LatentGenerator, nn.Module>? Start(RunFolder run, Action<string> tell) => run.StartFile is { } weights
        ? (g, d) => StartingWeights.Apply(weights, g, d, tell)
        : null;

    private static IEnumerable<StepReport> Steps(RunFolder run, Action<string>? listener, Action<int, int>? progress, bool withPlan,
        ProcessGroup? group, CancellationToken cancellation)
    {
        var (options, tell) = (run.Options.Run, listener ?? (_ => { }));
        if (run.IsDone)
        {
            SharedRun.Send(group, null, false);
            tell($"{run.Path}: done already, {options.Steps} steps.");
            yield break;
        }

        if (run.Divergence is { } divergence)
        {
            SharedRun.Send(group, null, false);
            throw divergence;
        }

        using var held = RunLock.Hold(run.Path, tell);
        if (run.IsDone)
        {
            SharedRun.Send(group, null, false);
            yield break; // another process has just done it
        }

        run.Begin(group?.Count ?? 1);
        var tries = withPlan && listener is not null;
        SharedRun.Send(group, run.Options, tries);
        run.Tidy();
        run.Ending.ForgetFailure();
        var networks = new List<string>();
        using var experiment = ExperimentKinds.Build(SharedRun.Own(run.Options, group), Heeding(progress, cancellation),
            Start(run, networks.Add));
        run.Begin(experiment.Summary, experiment.OtherSummary);
        var trainer = experiment.Training;
        var monitor = new RunMonitor(run, experiment);
        // before the random state is put back: a network that is loaded draws its first weights
        using var scorer = new ExperimentScorer(experiment);
        var start = run.Checkpoints.Load(trainer, tell) ?? Beginning(run);
        TellLost(run, start, run.CutAfter(start), tell);
        monitor.Replay();
        if (start > 0)
        {
            tell($"{run.Path}: resumed after step {start} of {options.Steps}.");
        }
        else
        {
            networks.ForEach(tell);
        }

        if (group is not null)
        {
            var batch = run.Options.Data.Batch;
            tell($"{run.Path}: {group.Count} processes, batch {batch} each: {group.Count * batch} samples a step.");
        }

        if (tries && start < options.Steps)
        {
            var plan = RunPlan.Try(experiment, cancellation);
            tell(start == 0 ? $"{plan}" : plan.Time);
        }

        var watch = Stopwatch.StartNew();
        foreach (var step in trainer.Run((int)(options.Steps - start), cancellation).Watch(Keep, Break))
        {
            yield return step;
        }

        if (trainer.StepsDone < options.Steps)
        {
            run.Checkpoints.Save(trainer);
            KeepTime();
            cancellation.ThrowIfCancellationRequested();
            if (group is not null)
            {
                throw new OperationCanceledException(cancellation); // another process was told to end
            }
        }

        monitor.Write(tell);
        using var averaged = trainer.UseAverage();
        experiment.Save(run.GeneratorFile);
        File.Delete(run.BeforeFile);
        KeepTime();

        void Keep(StepReport step)
        {
            if (IsDue(options.LogEvery, step))
            {
                monitor.Keep(step, tell);
            }

            if (step.Step == options.Steps || step.Step % options.GridEvery == 0)
            {
                run.Show(experiment.Shown(), step.Step);
            }

            if (scorer.IsDue(step.Step))
            {
                Score(step.Step);
            }

            if (IsDue(options.CheckpointEvery, step))
            {
                run.Checkpoints.Save(trainer);
                KeepTime();
            }
        }

        void KeepTime()
        {
            run.AddTime(watch.Elapsed);
            watch.Restart();
        }

        void Score(long step)
        {
            if (scorer.SlowNetwork is { } network)
            {
                tell($"step {step}: the images are scored with {network}; on a CPU that takes a minute or more.");
            }

            var scores = scorer.Take(step, run.Log.Read().Select(line => line.Step));
            if (step % run.Options.Scoring.ScoreEvery == 0 && scorer.IsBest(scores, run.Scores.Read()))
            {
                using var best = trainer.UseAverage();
                experiment.Save(run.BestFile);
            }

            run.Scores.Add(step, scores); // last: what has a line has its file
        }

        bool IsDue(int every, StepReport step) => step.Step % every == 0 || step.Step == options.Steps;

        void Break(TrainingDivergedException divergence)
        {
            monitor.Break(divergence, tell);
            run.Ending.SetDiverged(divergence);
        }
    }

    // A run that was ended before its first checkpoint begins again, and one of a batch, which has none; one whose checkpoints are gone
    // must not.
    private static long Beginning(RunFolder run) => run.Log.LastStep is { } last && last > run.FirstCheckpoint && !run.IsBatched
        ? throw new DataFileException(run.Path, $"the log goes to step {last}, but there is " +
            $"no checkpoint; put the checkpoints back from a copy, or begin the run again in another folder.")
        : 0;

    private static void TellLost(RunFolder run, long start, IReadOnlyList<int> damaged, Action<string> tell)
    {
        if (damaged.Count > 0)
        {
            tell($"{run.Path}: damaged lines of the log are taken out, and cannot be written again: {string.Join(", ", damaged)}.");
        }

        var (there, due) = (run.Log.LastStep ?? 0, start == run.Options.Run.Steps ? start : start - (start % run.Options.Run.LogEvery));
        if (there < due)
        {
            tell($"{run.Path}: the log's lines after step {there} to step {due} are lost or damaged; the run goes on without them.");
        }
    }
}
