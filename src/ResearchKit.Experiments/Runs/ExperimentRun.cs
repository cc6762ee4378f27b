using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Imaging;

namespace ResearchKit.Experiments.Runs;

/// <summary>Trains an experiment into a folder, from its beginning or from its last checkpoint.</summary>
public static class ExperimentRun
{
    private const int GridImages = 64;

    /// <summary>Trains until the run's steps are done, one step for every report that is pulled. On a CPU, however often it is left, killed
    /// and begun again, the log, the grids and the generator end with the same bytes.</summary>
    /// <param name="run">The run's folder. Training resumes from the last whole checkpoint in it.</param>
    /// <param name="tell">Told what happens, one line each: a resume, a checkpoint that was passed over, a new verdict, the verdict at the
    /// end.</param>
    /// <param name="cancellation">Ends the run between two steps: a checkpoint is written, and <see cref="OperationCanceledException"/>
    /// thrown.</param>
    /// <returns>The reports of the steps that were still to do. The generator is written after the last one.</returns>
    /// <exception cref="TrainingDivergedException">While pulling: a number is NaN or infinite.</exception>
    /// <exception cref="DataFileException">While pulling: a file cannot be read or written; the last checkpoint is whole.</exception>
    public static IEnumerable<StepReport> Train(RunFolder run, Action<string>? tell = null, CancellationToken cancellation = default) =>
        Steps(run, line => tell?.Invoke(line), cancellation);

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

    /// <summary>A run's experiment, built on the CPU: a card may be busy with the run itself.</summary>
    internal static Experiment OnCpu(RunFolder run) =>
        Experiment.Build(run.Options with { Run = run.Options.Run with { Device = "cpu" } });

    private static IEnumerable<StepReport> Steps(RunFolder run, Action<string> tell, CancellationToken cancellation)
    {
        var options = run.Options.Run;
        if (run.IsDone)
        {
            tell($"{run.Path}: done already, {options.Steps} steps.");
            yield break;
        }

        if (run.Divergence is { } divergence)
        {
            throw divergence;
        }

        using var held = RunLock.Hold(run.Path);
        if (run.IsDone)
        {
            yield break; // another process has just done it
        }

        run.Tidy();
        using var experiment = Experiment.Build(run.Options);
        var trainer = experiment.Trainer;
        var monitor = new RunMonitor(run, experiment);
        // before the random state is put back: a network that is loaded draws its first weights
        using var scorer = new ExperimentScorer(experiment);
        var start = run.Checkpoints.Load(trainer, tell) ?? Beginning(run);
        run.Log.CutAfter(start);
        run.Scores.CutAfter(start);
        TellLost(run, start, tell);
        run.Events.CutAfter(start);
        monitor.Replay();
        if (start > 0)
        {
            tell($"{run.Path}: resumed after step {start} of {options.Steps}.");
        }

        foreach (var step in trainer.Run((int)(options.Steps - start), cancellation).Watch(Keep, Break))
        {
            yield return step;
        }

        if (trainer.StepsDone < options.Steps)
        {
            run.Checkpoints.Save(trainer);
            cancellation.ThrowIfCancellationRequested();
        }

        monitor.Write(tell);
        using var averaged = trainer.UseAverage();
        GeneratorFile.Save(trainer.Generator, run.GeneratorFile);

        void Keep(StepReport step)
        {
            if (IsDue(options.LogEvery, step))
            {
                monitor.Keep(step, tell);
            }

            if (options.GridEvery is { } every && step.Step % every == 0 && experiment.Data.Shape.Kind == SampleKind.Images)
            {
                DrawGrid(run, trainer, step.Step);
            }

            if (scorer.IsDue(step.Step))
            {
                run.Scores.Add(step.Step, scorer.Take(step.Step, run.Log.Read().Select(line => line.Step)));
            }

            if (IsDue(options.CheckpointEvery, step))
            {
                run.Checkpoints.Save(trainer);
            }
        }

        bool IsDue(int every, StepReport step) => step.Step % every == 0 || step.Step == options.Steps;

        void Break(TrainingDivergedException divergence)
        {
            monitor.Break(divergence, tell);
            run.SetDiverged(divergence);
        }
    }

    // A run that was ended before its first checkpoint begins again; one whose checkpoints are gone must not.
    private static long Beginning(RunFolder run) => run.Log.LastStep is { } last && last > run.FirstCheckpoint
        ? throw new DataFileException(run.Path, $"the log goes to step {last}, but there is " +
            $"no checkpoint; put the checkpoints back from a copy, or begin the run again in another folder.")
        : 0;

    private static void TellLost(RunFolder run, long start, Action<string> tell)
    {
        var (there, due) = (run.Log.LastStep ?? 0, start == run.Options.Run.Steps ? start : start - (start % run.Options.Run.LogEvery));
        if (there < due)
        {
            tell($"{run.Path}: the log's lines after step {there} to step {due} are lost or damaged; the run goes on without them.");
        }
    }

    private static void DrawGrid(RunFolder run, GanTrainer trainer, long step)
    {
        using var z = NormalLatents.Draw(GridImages, run.Options.Networks.Latent, run.Options.Trainer.Seed);
        using var images = trainer.Sample(z);
        TensorFile.Write(run.Grid(step), stream => stream.Write(ImageGrid.Of(images, columns: 8).Png));
        run.Events.AddImage(step, "samples", run.Grid(step));
    }
}
