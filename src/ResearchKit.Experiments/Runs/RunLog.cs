using System.Globalization;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Files;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run's numbers as JSON lines. There is no time in them: a run that was interrupted and resumed has the same bytes as one that
/// was not.</summary>
public sealed class RunLog
{
    private readonly JsonLines _lines;

    internal RunLog(string path) => _lines = new JsonLines(path, RunNumbers.Names);

    /// <summary>Adds a step's line.</summary>
    /// <param name="step">The step.</param>
    /// <param name="weights">The norms of the weights after it.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(StepReport step, WeightNorms weights)
    {
        ArgumentNullException.ThrowIfNull(step);
        var numbers = RunNumbers.Of(step, weights)
            .Select(n => string.Create(CultureInfo.InvariantCulture, $",\"{n.Name}\":{JsonLines.Number(n.Value)}"));
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"step":{{step.Step}}{{string.Concat(numbers)}}}"""));
    }

    /// <summary>The numbers again, in order: one step a line, without times.</summary>
    /// <returns>Each step with the norms of the weights after it; none where there is no log.</returns>
    /// <exception cref="DataFileException">While reading: a line is damaged.</exception>
    public IEnumerable<(StepReport Step, WeightNorms Weights)> Read() => _lines.Read().Select(RunNumbers.From);

    /// <summary>Takes lines after a step away, and a last line that was torn: what a resumed run will write again.</summary>
    /// <param name="step">The step that the run stands after.</param>
    public void CutAfter(long step) => _lines.CutAfter(step);

    /// <summary>The step of the last whole line; null where there is none.</summary>
    internal long? LastStep => _lines.LastStep;
}
