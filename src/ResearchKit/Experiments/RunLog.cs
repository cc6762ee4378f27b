using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Training;

namespace ResearchKit.Experiments;

/// <summary>A run's numbers as JSON lines. There is no time in them: a run that was interrupted and resumed has the same bytes as one that was not.</summary>
public sealed class RunLog
{
    private readonly JsonLines _lines;

    internal RunLog(string path) => _lines = new JsonLines(path);

    /// <summary>Adds a step's line.</summary>
    /// <param name="step">The step.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(StepReport step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var numbers = RunNumbers.Of(step).Select(n => string.Create(CultureInfo.InvariantCulture, $",\"{n.Name}\":{n.Value:R}"));
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"step":{{step.Step}}{{string.Concat(numbers)}}}"""));
    }

    /// <summary>Takes lines after a step away, and a last line that was torn: what a resumed run will write again.</summary>
    /// <param name="step">The step that the run stands after.</param>
    public void CutAfter(long step) => _lines.CutAfter(step);

    /// <summary>The step of the last line; null where there is none.</summary>
    internal long? LastStep => _lines.Read().Select(JsonLines.StepOf).Cast<long?>().LastOrDefault();

    /// <summary>The mean of some numbers over the lines after one step and up to another.</summary>
    /// <param name="after">The step before the first line that counts.</param>
    /// <param name="upTo">The last step that counts.</param>
    /// <param name="of">The number, from a line's values by name.</param>
    /// <returns>NaN where there is no such line.</returns>
    internal double Mean(long after, long upTo, Func<Func<string, double>, double> of) => _lines.Read()
        .SkipWhile(l => JsonLines.StepOf(l) <= after).TakeWhile(l => JsonLines.StepOf(l) <= upTo)
        .Select(l => of(name => (double)l[name]!)).DefaultIfEmpty(double.NaN).Average();
}
