using ResearchKit.Data;
using ResearchKit.Data.Files;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Experiments;

/// <summary>Trains an experiment into a folder, from its beginning or from its last checkpoint.</summary>
public static class ExperimentRun
{
    private const int SheetImages = 64;

    /// <summary>Trains until the run's steps are done, one step for every report that is pulled. On a CPU, however often it is left, killed and begun again, the log, the sheets and the generator end with the same bytes.</summary>
    /// <param name="run">The run's folder. The last whole checkpoint in it is gone on from.</param>
    /// <param name="tell">Told what happens, one line each: a resume, a checkpoint that was passed over.</param>
    /// <param name="cancellation">Ends the run between two steps: a checkpoint is written, and <see cref="OperationCanceledException"/> thrown.</param>
    /// <returns>The reports of the steps that were still to do. The generator is written after the last one.</returns>
    /// <exception cref="TrainingDivergedException">While pulling: a number is NaN or infinite.</exception>
    /// <exception cref="DataFileException">While pulling: a file cannot be read or written; the last checkpoint is whole.</exception>
    public static IEnumerable<StepReport> Train(RunFolder run, Action<string>? tell = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Steps(run, tell ?? (_ => { }), cancellation);
    }

    private static IEnumerable<StepReport> Steps(RunFolder run, Action<string> tell, CancellationToken cancellation)
    {
        if (run.IsDone)
        {
            tell(FormattableString.Invariant($"{run.Path}: done already, {run.Options.Steps} steps."));
            yield break;
        }

        if (run.Divergence is { } divergence)
        {
            throw divergence;
        }

        using var held = run.Hold();
        run.Tidy();
        using var experiment = Experiment.Build(run.Options);
        var trainer = experiment.Trainer;
        var start = run.Checkpoints.Load(trainer, tell) ?? Beginning(run);
        run.Log.CutAfter(start);
        run.Scores.CutAfter(start);
        TellLost(run, start, tell);
        run.Events.CutAfter(start);
        if (start > 0)
        {
            tell(FormattableString.Invariant($"{run.Path}: resumed after step {start} of {run.Options.Steps}."));
        }

        using var scorer = new RunScorer(run, experiment);
        using var steps = trainer.Run((int)(run.Options.Steps - start), cancellation).GetEnumerator();
        while (Next(run, steps))
        {
            Keep(run, experiment, scorer, steps.Current);
            yield return steps.Current;
        }

        if (trainer.StepsDone < run.Options.Steps)
        {
            run.Checkpoints.Save(trainer);
            cancellation.ThrowIfCancellationRequested();
        }

        using var averaged = trainer.UseAverage();
        GeneratorFile.Save(trainer.Generator, run.GeneratorFile);
    }

    private static bool Next(RunFolder run, IEnumerator<StepReport> steps)
    {
        try
        {
            return steps.MoveNext();
        }
        catch (TrainingDivergedException e)
        {
            run.SetDiverged(e);
            throw;
        }
    }

    // A run that was ended before its first checkpoint begins again; one whose checkpoints are gone must not.
    private static long Beginning(RunFolder run) => run.Log.LastStep is { } last && last > run.Options.CheckpointEvery
        ? throw new DataFileException(run.Path, FormattableString.Invariant($"the log goes to step {last}, but there is no checkpoint; put the checkpoints back from a copy, or begin the run again in another folder."))
        : 0;

    private static void TellLost(RunFolder run, long start, Action<string> tell)
    {
        var (there, due) = (run.Log.LastStep ?? 0, start == run.Options.Steps ? start : start - start % run.Options.LogEvery);
        if (there < due)
        {
            tell(FormattableString.Invariant($"{run.Path}: the log's lines after step {there} to step {due} are lost or damaged; the run goes on without them."));
        }
    }

    private static void Keep(RunFolder run, Experiment experiment, RunScorer scorer, StepReport step)
    {
        var options = run.Options;
        if (step.Step % options.LogEvery == 0 || step.Step == options.Steps)
        {
            run.Log.Add(step);
            run.Events.Add(step.Step, RunNumbers.Of(step));
        }

        if (options.GridEvery > 0 && step.Step % options.GridEvery == 0 && !options.HasPoints)
        {
            using var z = NormalLatents.Draw(SheetImages, options.Latent, options.Seed);
            using var images = experiment.Trainer.Sample(z);
            TensorFile.Write(run.Sheet(step.Step), stream => stream.Write(ImageGrid.Of(images, columns: 8).Png));
            run.Events.AddPicture(step.Step, "samples", run.Sheet(step.Step));
        }

        scorer.Keep(step.Step);
        if (step.Step % options.CheckpointEvery == 0 || step.Step == options.Steps)
        {
            run.Checkpoints.Save(experiment.Trainer);
        }
    }
}
