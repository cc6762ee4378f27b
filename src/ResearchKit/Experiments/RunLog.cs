using System.Globalization;
using System.Text;
using System.Text.Json;
using ResearchKit.Data;
using ResearchKit.Data.Files;
using ResearchKit.Training;

namespace ResearchKit.Experiments;

/// <summary>A run's numbers as JSON lines. There is no time in them: a run that was interrupted and resumed has the same bytes as one that was not.</summary>
public sealed class RunLog
{
    private readonly string _path;

    internal RunLog(string path) => _path = path;

    /// <summary>Adds a step's line.</summary>
    /// <param name="step">The step.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(StepReport step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var numbers = RunNumbers.Of(step).Select(n => string.Create(CultureInfo.InvariantCulture, $",\"{n.Name}\":{n.Value:R}"));
        var line = string.Create(CultureInfo.InvariantCulture, $$"""{"step":{{step.Step}}{{string.Concat(numbers)}}}""");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            File.AppendAllText(_path, line + "\n");
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(_path, $"the log cannot be written ({AtomicFile.Word(e)}); check the folder, its permissions and the space on the disk.", e);
        }
    }

    /// <summary>Takes lines after a step away, and a last line that was torn: what a resumed run will write again.</summary>
    /// <param name="step">The step that the run stands after.</param>
    public void CutAfter(long step)
    {
        if (File.Exists(_path))
        {
            var kept = File.ReadLines(_path).TakeWhile(line => StepOf(line) is { } s && s <= step).ToList();
            TensorFile.Write(_path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(l => l + "\n")))));
        }
    }

    /// <summary>The step of the last line; null where there is none.</summary>
    internal long? LastStep => File.Exists(_path) ? File.ReadLines(_path).Select(StepOf).LastOrDefault(s => s is not null) : null;

    private static long? StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
