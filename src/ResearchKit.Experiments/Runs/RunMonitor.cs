using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Runs;

/// <summary>Watches a run through what its log keeps, so that a run that was resumed has the verdict of one that was not.</summary>
internal sealed class RunMonitor
{
    private readonly RunFolder _run;
    private readonly Func<WeightNorms> _meter;

    /// <summary>Makes a monitor of a run whose networks are as they were built: not trained, and not loaded.</summary>
    public RunMonitor(RunFolder run, TrainableExperiment experiment, GameThresholds? thresholds = null)
    {
        _run = run;
        _meter = WeightNorms.Meter(experiment.Makers, experiment.Judges);
        Monitor = new GameMonitor(experiment.Training.Logits, thresholds, start: _meter());
    }

    /// <summary>What has been seen so far.</summary>
    public GameMonitor Monitor { get; }

    private GameVerdict Verdict => Monitor.Verdict;

    /// <summary>Sees what the log has already.</summary>
    public void Replay()
    {
        foreach (var (step, weights) in _run.Log.Read())
        {
            Monitor.Observe(step, weights);
        }
    }

    /// <summary>Writes a step into the log, and looks at it.</summary>
    public void Keep(StepReport step, Action<string> tell)
    {
        var (weights, before) = (_meter(), Verdict.Kind);
        _run.Log.Add(step, weights);
        _run.Events.Add(step.Step, RunNumbers.Of(step, weights));
        Monitor.Observe(step, weights);
        if (Verdict.Kind != before && !(before == GameVerdictKind.Undecided && Verdict.Kind == GameVerdictKind.Healthy))
        {
            tell($"step {step.Step}: {Verdict}");
        }
    }

    /// <summary>Takes the end of a run whose numbers were no longer finite.</summary>
    public void Break(TrainingDivergedException diverged, Action<string> tell)
    {
        Monitor.Observe(diverged);
        Write(tell);
    }

    /// <summary>Writes the verdict into the run's folder and tells it.</summary>
    public void Write(Action<string> tell)
    {
        var changes = Monitor.Changes.Select(c => new JsonObject { ["step"] = c.Step, ["kind"] = $"{c.Kind}", ["words"] = $"{c}" });
        ExperimentJson.Save(_run.VerdictFile, new JsonObject
        {
            ["kind"] = $"{Verdict.Kind}", ["step"] = Verdict.Step, ["since"] = Verdict.Since, ["words"] = $"{Verdict}",
            ["changes"] = new JsonArray([.. changes]),
        });
        tell($"{Verdict}");
    }
}
