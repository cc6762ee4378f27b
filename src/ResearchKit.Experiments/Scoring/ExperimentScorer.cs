using ResearchKit.Experiments.Building;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Takes an experiment's scores at the moments that its options name.</summary>
internal sealed class ExperimentScorer : IDisposable
{
    private readonly IReadOnlyList<ScoreKind> _kinds;
    private readonly ScoreContext _context;

    public ExperimentScorer(TrainableExperiment experiment)
    {
        _kinds = ScoreKinds.Of(experiment.Options);
        _context = new ScoreContext(experiment, _kinds.Any(k => k.Takes == ScoredData.Images),
            _kinds.Any(k => k.Takes == ScoredData.Stacked));
    }

    /// <summary>The feature network's name, where a scoring takes a minute or more on a CPU; else null.</summary>
    public string? SlowNetwork => _context.SlowNetwork;

    /// <summary>Whether a step is a moment of scoring.</summary>
    public bool IsDue(long step) =>
        step == _context.Options.Run.Steps || (_context.Options.Scoring.ScoreEvery is { } every && step % every == 0);

    /// <summary>Measures the run as it stands after a step; the training is not disturbed.</summary>
    public IReadOnlyList<(string Name, double Value)> Take(long step, IEnumerable<StepReport> log)
    {
        var last = _context.Options.Scoring.ScoreEvery is { } every ? (step - 1) / every * every : 0;
        _context.Since = log.SkipWhile(s => s.Step <= last);
        var values = _kinds.SelectMany(k => k.Values.Zip(k.Measure(_context), (value, number) => (value.Name, number))).ToList();
        _context.Forget();
        return values;
    }

    /// <summary>Whether a moment has the best scores so far: the least of the value by which the first score that has one is
    /// judged.</summary>
    public bool IsBest(IReadOnlyList<(string Name, double Value)> scores,
        IEnumerable<(long Step, IReadOnlyDictionary<string, double> Values)> earlier) =>
        _kinds.Select(k => k.LowIsBest).FirstOrDefault(name => name is not null) is { } judged
        && scores.First(s => s.Name == judged).Value is var value && !double.IsNaN(value)
        && !earlier.Any(e => e.Values.TryGetValue(judged, out var before) && before <= value);

    public void Dispose() => _context.Dispose();
}
