using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Files;

namespace ResearchKit.Experiments.Runs;

/// <summary>A file of JSON objects, one a line, each with its <c>step</c>: it grows at its end, and can be cut where a resumed run
/// begins.</summary>
/// <param name="path">The file.</param>
/// <param name="names">Numbers that every whole line has, besides its step.</param>
internal sealed class JsonLines(string path, IReadOnlyList<string> names)
{
    public string Path { get; } = path;

    /// <summary>Adds a line.</summary>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(string line)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
            File.AppendAllText(Path, line + "\n");
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(Path,
                $"the log cannot be written ({AtomicFile.Word(e)}); check the folder, its permissions and the space on the disk.", e);
        }
    }

    /// <summary>Takes lines after a step away, and a last line that was torn: what a resumed run will write again.</summary>
    public void CutAfter(long step)
    {
        if (File.Exists(Path))
        {
            var kept = File.ReadLines(Path).TakeWhile(line => Parse(line) is { } json && StepOf(json) <= step).ToList();
            TensorFile.Write(Path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(l => l + "\n")))));
        }
    }

    /// <summary>The lines, in the file's order; none where there is no file.</summary>
    /// <exception cref="DataFileException">While reading: a line is damaged.</exception>
    public IEnumerable<JsonObject> Read() => File.Exists(Path)
        ? File.ReadLines(Path)
            .Select((line, i) => Parse(line) ?? throw new DataFileException(Path, string.Create(CultureInfo.InvariantCulture, $"line " +
            $"{i + 1} is damaged; a run that is not done writes it again when it is resumed, else put the file back from a copy.")))
        : [];

    /// <summary>The step of the last line that is whole; null where there is none.</summary>
    public long? LastStep =>
        File.Exists(Path)
            ? File.ReadLines(Path).Select(Parse).Select(json => json is null ? (long?)null : StepOf(json)).LastOrDefault(s => s is not null)
            : null;

    /// <summary>A number as JSON, which has no NaN and no infinity: they are null.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "null";

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
