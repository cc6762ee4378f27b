using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Building;
using ResearchKit.Files;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Runs;

/// <summary>Watches a run through what its log keeps, so that a run that was resumed has the verdict of one that was not.</summary>
internal sealed class RunMonitor
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RunFolder _run;
    private readonly Func<WeightNorms> _meter;
    private readonly GameMonitor _monitor;

    /// <summary>Makes a monitor of a run whose networks are as they were built: not trained, and not loaded.</summary>
    public RunMonitor(RunFolder run, Experiment experiment, GameThresholds? thresholds = null)
    {
        _run = run;
        _meter = WeightNorms.Meter(experiment.Trainer.Generator, experiment.Discriminator);
        _monitor = new GameMonitor(experiment.Trainer.Logits, thresholds, start: _meter());
    }

    /// <summary>What has been seen so far.</summary>
    public GameMonitor Monitor => _monitor;

    private GameVerdict Verdict => _monitor.Verdict;

    /// <summary>Sees what the log has already.</summary>
    public void Replay()
    {
        foreach (var (step, weights) in _run.Log.Read())
        {
            _monitor.Observe(step, weights);
        }
    }

    /// <summary>Writes a step into the log, and looks at it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tell">Told of a verdict that is new.</param>
    public void Keep(StepReport step, Action<string> tell)
    {
        var (weights, before) = (_meter(), Verdict.Kind);
        _run.Log.Add(step, weights);
        _run.Events.Add(step.Step, RunNumbers.Of(step, weights));
        _monitor.Observe(step, weights);
        if (Verdict.Kind != before && !(before == GameVerdictKind.Undecided && Verdict.Kind == GameVerdictKind.Healthy))
        {
            tell(string.Create(CultureInfo.InvariantCulture, $"step {step.Step}: {Verdict}"));
        }
    }

    /// <summary>Takes the end of a run whose numbers were no longer finite.</summary>
    public void Break(TrainingDivergedException diverged, Action<string> tell)
    {
        _monitor.Observe(diverged);
        Write(tell);
    }

    /// <summary>Writes the verdict into the run's folder and tells it.</summary>
    public void Write(Action<string> tell)
    {
        var document = new JsonObject
        {
            ["kind"] = $"{Verdict.Kind}", ["step"] = Verdict.Step, ["since"] = Verdict.Since, ["words"] = $"{Verdict}",
            ["changes"] = new JsonArray([.. _monitor.Changes.Select(c => new JsonObject { ["step"] = c.Step, ["kind"] = $"{c.Kind}",
                ["words"] = $"{c}" })]),
        };
        TensorFile.Write(_run.VerdictFile, stream => JsonSerializer.Serialize(stream, document, Layout));
        tell($"{Verdict}");
    }
}
