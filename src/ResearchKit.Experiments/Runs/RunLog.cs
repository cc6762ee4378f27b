using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run's numbers as JSON lines, <c>log.jsonl</c>. There is no time in them: a run that was interrupted and resumed has the same
/// bytes as one that was not.</summary>
public sealed class RunLog
{
    private readonly JsonLines _lines;

    internal RunLog(string path) => _lines = new JsonLines(path, RunNumbers.Names);

    /// <summary>Adds a step's line.</summary>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(StepReport step, WeightNorms weights) => _lines.Add(step.Step, RunNumbers.Of(step, weights));

    /// <summary>The numbers again, in order: one step a line, without times.</summary>
    /// <returns>Each step with the norms of the weights after it; none where there is no log.</returns>
    /// <exception cref="DataFileException">While reading: a line is damaged.</exception>
    public IEnumerable<(StepReport Step, WeightNorms Weights)> Read() => _lines.Read().Select(RunNumbers.From);

    /// <summary>Takes lines away whose steps are not to be kept, and damaged ones; the other good ones stay.</summary>
    /// <returns>The numbers of damaged lines that stood before a good one.</returns>
    internal IReadOnlyList<int> Keep(Func<long, bool> isKept) => _lines.Keep(isKept);

    /// <summary>The step of the last whole line; null where there is none.</summary>
    internal long? LastStep => _lines.LastStep;
}

/// <summary>What was measured of a run, moment by moment: <c>scores.jsonl</c>.</summary>
public sealed class RunScores
{
    private readonly JsonLines _lines;

    internal RunScores(string path) => _lines = new JsonLines(path, []);

    /// <summary>The moments so far, each a training step and its scores by name; a score that could not be computed is NaN.</summary>
    public IReadOnlyList<(long Step, IReadOnlyDictionary<string, double> Values)> Read() =>
        [.. _lines.Read().Select(line => (JsonLines.StepOf(line), Values: (IReadOnlyDictionary<string, double>)line
            .Where(p => p.Key != "step").ToDictionary(p => p.Key, p => JsonLines.Number(p.Value))))];

    internal void Add(long step, IEnumerable<(string Name, double Value)> scores) => _lines.Add(step, scores);

    internal void Keep(Func<long, bool> isKept) => _lines.Keep(isKept);
}

/// <summary>The numbers of a step that a run keeps, under the names that the log and the events share.</summary>
internal static class RunNumbers
{
    /// <summary>The names, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Of(new StepReport(1, 0, TimeSpan.Zero, 0), default).Select(n => n.Name)];

    // Of trainings from image to image.
    private static IEnumerable<StepQuantity> Further => StepQuantities.OfTranslation.Except(StepQuantities.All);

    /// <summary>The numbers by name.</summary>
    public static IReadOnlyList<(string Name, double Value)> Of(StepReport step, WeightNorms weights) =>
    [
        ("epoch", step.Epoch),
        .. StepQuantities.All.Concat(Further.Where(q => !double.IsNaN(step[q]))).Select(q => (q.JsonName(), step[q])),
        ("generatorWeightNorm", weights.Generator), ("discriminatorWeightNorm", weights.Discriminator),
    ];

    /// <summary>The numbers back from a line of the log; without times, which it does not keep.</summary>
    public static (StepReport Step, WeightNorms Weights) From(JsonObject line)
    {
        double Number(string name) => JsonLines.Number(line[name]);
        double[] numbers = [.. StepQuantities.OfTranslation.Select(q => Number(q.JsonName()))];
        return (new StepReport(JsonLines.StepOf(line), Number("epoch"), TimeSpan.Zero, 0, numbers),
            new WeightNorms(Number("generatorWeightNorm"), Number("discriminatorWeightNorm")));
    }
}

/// <summary>A file of JSON objects, one a line, each with its <c>step</c>: it grows at its end, and can be cut where a resumed run
/// begins.</summary>
internal sealed class JsonLines(string path, IReadOnlyList<string> names)
{
    /// <summary>Adds a line.</summary>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(long step, IEnumerable<(string Name, double Value)> numbers)
    {
        // JSON has no NaN and no infinity: they are null
        var values = numbers.Select(n => $",\"{n.Name}\":" +
            (double.IsFinite(n.Value) ? n.Value.ToString("R", CultureInfo.InvariantCulture) : "null"));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.AppendAllText(path, $"{{\"step\":{step}{string.Concat(values)}}}\n");
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(path,
                $"the log cannot be written ({AtomicFile.Word(e)}); check the folder, its permissions and the space on the disk.", e);
        }
    }

    /// <summary>Takes lines away: those whose step is not kept, and damaged ones.</summary>
    /// <returns>The numbers, from 1, of damaged lines that stood before a kept one.</returns>
    public IReadOnlyList<int> Keep(Func<long, bool> isKept)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var lines = File.ReadLines(path).Select(line => (Line: line, Json: Parse(line))).ToList();
        bool IsKept((string Line, JsonObject? Json) line) => line.Json is { } json && isKept(StepOf(json));
        var kept = string.Concat(lines.Where(IsKept).Select(l => l.Line + "\n"));
        TensorFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(kept)));
        var last = lines.FindLastIndex(IsKept);
        return [.. lines.Take(last + 1).Index().Where(l => l.Item.Json is null).Select(l => l.Index + 1)];
    }

    /// <summary>The lines, in the file's order; none where there is no file.</summary>
    /// <exception cref="DataFileException">While reading: a line is damaged.</exception>
    public IEnumerable<JsonObject> Read() => !File.Exists(path) ? [] : File.ReadLines(path).Select((line, i) => Parse(line)
        ?? throw new DataFileException(path, $"line {i + 1} is damaged; " +
            "a run that is not done writes it again when it is resumed, else put the file back from a copy."));

    /// <summary>The step of the last line that is whole; null where there is none.</summary>
    public long? LastStep => !File.Exists(path) ? null
        : File.ReadLines(path).Select(Parse).Select(json => json is null ? (long?)null : StepOf(json)).LastOrDefault(s => s is not null);

    /// <summary>A number from JSON; null is NaN.</summary>
    public static double Number(JsonNode? value) => value is null ? double.NaN : (double)value;

    public static long StepOf(JsonObject line) => (long)line["step"]!;

    private JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject json && json["step"] is JsonValue step && step.TryGetValue<long>(out _)
                && names.All(n => json.ContainsKey(n) && json[n]?.GetValueKind() is null or JsonValueKind.Number)
                ? json
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
