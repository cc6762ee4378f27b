using System.Text.Json.Serialization;

namespace ResearchKit.Notebooks.Running;

/// <summary>What a <see cref="WorkerMessage"/> says.</summary>
internal enum WorkerMessageKind
{
    Run, // to the worker: run this cell
    Stream, // the cell wrote text
    Display, // the cell showed a value
    Update, // the cell replaced what it showed
    Result, // the value of the cell's last expression
    Error, // why the cell failed
    PlotlyScript, // plotly.js, which the notebook's own chart library carries
    Done, // the cell has ended
}

/// <summary>One line between the runner and the process that runs the cells.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Text">The cell's code, a piece of its output, or plotly.js.</param>
/// <param name="Name">The cell's id, the stream's name, or the output's display id.</param>
/// <param name="Data">A value, one entry a MIME type.</param>
/// <param name="Error">Why the cell failed.</param>
internal sealed record WorkerMessage(
    WorkerMessageKind Kind, string? Text = null, string? Name = null, JsonObject? Data = null, CellError? Error = null)
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Characters of the line that brought it.</summary>
    [JsonIgnore]
    public int Size { get; private init; }

    public string ToLine() => JsonSerializer.Serialize(this, Options);

    public static WorkerMessage FromLine(string line) =>
        JsonSerializer.Deserialize<WorkerMessage>(line, Options)! with { Size = line.Length };
}
