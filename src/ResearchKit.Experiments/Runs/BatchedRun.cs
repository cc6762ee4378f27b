using System.Diagnostics;
using System.Text.Json.Nodes;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;

namespace ResearchKit.Experiments.Runs;

/// <summary>Trains runs that differ in their seeds alone as one (<see cref="BatchedTrainer"/>), each into its own folder.</summary>
/// <remarks>A folder has what a single run's has but checkpoints: a group that is interrupted begins anew. Its log has no penalty and no
/// gradient norms, which a batched step does not tell apart.</remarks>
public static class BatchedRun
{
    /// <summary>Trains the runs to their end, from their first step, whatever of an earlier group is in their folders.</summary>
    /// <param name="runs">The runs, at least one, none done and none with a checkpoint; their options differ in the seed alone.</param>
    /// <param name="tell">Told what happens.</param>
    /// <param name="cancellation">Ends the training between two steps: what was written of it is taken away, and
    /// <see cref="OperationCanceledException"/> thrown.</param>
    /// <returns>The reports of the steps, of all runs together; a run's own stand in its log.</returns>
    /// <exception cref="ArgumentException">Before the first step: these runs cannot be batched; says why.</exception>
    /// <exception cref="RunHeldException">Another process trains one of them.</exception>
    /// <exception cref="DataFileException">While pulling: a file cannot be read or written.</exception>
    public static IEnumerable<StepReport> Train(IReadOnlyList<RunFolder> runs, Action<string>? tell = null,
        CancellationToken cancellation = default)
    {
        var (options, listener) = (runs[0].Options, tell ?? (_ => { }));
        using var parts = new Parts();
        var members = new List<Member>();
        foreach (var run in runs)
        {
            parts.Keep(RunLock.Hold(run.Path, listener));
            members.Add(parts.Keep(new Member(run)));
        }

        using var trainer = new BatchedTrainer([.. members.Select(m => m.Training)], options.Trainer);
        members.ForEach(m => m.Begin(runs));
        var watch = Stopwatch.StartNew();
        foreach (var step in trainer.Run(options.Run.Steps, cancellation))
        {
            var isLast = step.Step == options.Run.Steps;
            var isLogged = isLast || step.Step % options.Run.LogEvery == 0;
            var (isShown, isScored) = (isLast || step.Step % options.Run.GridEvery == 0, members[0].IsScored(step.Step));
            if (isLogged || isShown || isScored)
            {
                var diverged = trainer.DivergedAt;
                ForEach((m, i) => m.Diverge(diverged[i], listener));
            }

            if (isLogged)
            {
                ForEach((m, i) => m.Log(trainer, i, listener));
            }

            if (isShown || isScored)
            {
                using var average = trainer.UseAverage();
                ForEach((m, i) => m.Take(trainer, i, isShown, isScored));
            }

            yield return step;
            if (members.TrueForAll(m => m.HasDiverged))
            {
                break;
            }
        }

        if (trainer.StepsDone < options.Run.Steps && !members.TrueForAll(m => m.HasDiverged))
        {
            ForEach((m, _) => m.TakeAway());
            cancellation.ThrowIfCancellationRequested();
        }

        using var averaged = trainer.UseAverage();
        members.ForEach(m => m.Run.AddTime(watch.Elapsed / runs.Count)); // its share
        ForEach((m, i) => m.End(trainer, i, listener));

        void ForEach(Action<Member, int> action)
        {
            foreach (var (i, member) in members.Index().Where(m => !m.Item.HasDiverged))
            {
                action(member, i);
            }
        }
    }

    // A run, and the experiment that its weights come back into to be scored and saved.
    private sealed class Member : IDisposable
    {
        private readonly Experiment _experiment;
        private readonly ExperimentScorer _scorer;
        private readonly RunMonitor _monitor;

        public Member(RunFolder run)
        {
            if (run.IsFinished || run.Checkpoints.LastStep is not null)
            {
                throw new ArgumentException($"The run in {run.Path} is done or has a checkpoint: it goes on by itself.");
            }

            Run = run;
            // The averages are the group's: a second one would swap itself in where the weights are scored.
            _experiment = Experiment.Build(run.Options with
            {
                Trainer = run.Options.Trainer with { AverageDecay = null, AverageHalfLife = null, AverageRampUp = null },
            });
            try
            {
                _scorer = new ExperimentScorer(_experiment);
            }
            catch
            {
                _experiment.Dispose();
                throw;
            }

            _monitor = new RunMonitor(run, _experiment);
        }

        public RunFolder Run { get; }

        public bool HasDiverged { get; private set; }

        public BatchedTraining Training => new(_experiment.Generator, _experiment.Discriminator, _experiment.Game,
            _experiment.Data.Batches, Run.Options.Trainer.Seed);

        public void Begin(IReadOnlyList<RunFolder> runs)
        {
            Run.Tidy();
            Run.Ending.ForgetFailure();
            TakeAway();
            var document = Run.ReadDocument();
            document[RunFolder.BatchedKey] = new JsonArray([.. runs.Select(r => (JsonNode)r.Options.Trainer.Seed)]);
            ExperimentJson.Save(Run.OptionsFile(), document);
        }

        public bool IsScored(long step) => _scorer.IsDue(step);

        public void Log(BatchedTrainer trainer, int index, Action<string> tell)
        {
            trainer.CopyBack(index);
            _monitor.Keep(trainer.Report(index), words => tell($"{Run.Path}: {words}"));
        }

        public void Take(BatchedTrainer trainer, int index, bool isShown, bool isScored)
        {
            trainer.CopyBack(index);
            var step = trainer.StepsDone;
            if (isShown)
            {
                Run.Show(_experiment.Shown(), step);
            }

            if (isScored)
            {
                var scores = _scorer.Take(step, Run.Log.Read().Select(line => line.Step));
                if (step % Run.Options.Scoring.ScoreEvery == 0 && _scorer.IsBest(scores, Run.Scores.Read()))
                {
                    _experiment.Save(Run.BestFile);
                }

                Run.Scores.Add(step, scores);
            }
        }

        public void Diverge(long? step, Action<string> tell)
        {
            if (step is { } at)
            {
                HasDiverged = true;
                var divergence = new TrainingDivergedException(at, $"{StepQuantity.GeneratorLoss.Description()} (NaN)",
                    "The other seeds of its batch go on.");
                _monitor.Break(divergence, words => tell($"{Run.Path}: {words}"));
                Run.Ending.SetDiverged(divergence);
            }
        }

        public void End(BatchedTrainer trainer, int index, Action<string> tell)
        {
            trainer.CopyBack(index);
            _monitor.Write(words => tell($"{Run.Path}: {words}"));
            _experiment.Save(Run.GeneratorFile); // last: it says that the run is done
        }

        // What a group that was ended has written.
        public void TakeAway()
        {
            Run.CutAfter(0);
            File.Delete(Run.BestFile);
            File.Delete(Run.VerdictFile);
        }

        public void Dispose()
        {
            _scorer.Dispose();
            _experiment.Dispose();
        }
    }

    private sealed class Parts : IDisposable
    {
        private readonly Stack<IDisposable> _parts = [];

        public T Keep<T>(T part)
            where T : IDisposable
        {
            _parts.Push(part);
            return part;
        }

        public void Dispose()
        {
            foreach (var part in _parts)
            {
                part.Dispose();
            }
        }
    }
}
