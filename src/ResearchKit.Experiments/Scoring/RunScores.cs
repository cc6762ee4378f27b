using System.Globalization;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Experiments.Scoring;

/// <summary>What was measured of a run, moment by moment: <c>scores.jsonl</c>.</summary>
public sealed class RunScores
{
    private readonly JsonLines _lines;

    internal RunScores(string path) => _lines = new JsonLines(path, []);

    /// <summary>The moments so far, each a training step and its scores by name; a score that could not be computed is NaN.</summary>
    public IReadOnlyList<(long Step, IReadOnlyDictionary<string, double> Values)> Read() =>
        [.. _lines.Read()
            .Select(l => (JsonLines.StepOf(l), (IReadOnlyDictionary<string, double>)l.Where(p => p.Key != "step")
            .ToDictionary(p => p.Key, p => JsonLines.Number(p.Value))))];

    internal void Add(long step, IEnumerable<(string Name, double Value)> scores)
    {
        var values = scores.Select(s => string.Create(CultureInfo.InvariantCulture, $",\"{s.Name}\":{JsonLines.Number(s.Value)}"));
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{{\"step\":{step}{string.Concat(values)}}}"));
    }

    internal void CutAfter(long step) => _lines.CutAfter(step);
}
