using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

/// <summary>A notebook made for one test, and what a run of it gave.</summary>
internal sealed class TinyNotebook : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string File => _folder["tiny.ipynb"];

    public string Folder => _folder.Path;

    /// <summary>Writes a notebook with code cells named a, b, c, ...; a cell that starts with "tag:" carries that tag.</summary>
    public TinyNotebook Write(params string[] cells)
    {
        var notebook = new
        {
            nbformat = 4,
            nbformat_minor = 5,
            metadata = new { },
            cells = cells.Select((source, i) =>
            {
                var tagged = source.StartsWith("tag:", StringComparison.Ordinal) ? source[4..].Split('\n', 2) : null;
                return new
                {
                    cell_type = "code",
                    id = ((char)('a' + i)).ToString(),
                    metadata = new { tags = tagged is null ? Array.Empty<string>() : [tagged[0]] },
                    source = tagged is null ? source : tagged[1],
                    outputs = Array.Empty<object>(),
                    execution_count = (int?)null,
                };
            }),
        };
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(notebook));
        return this;
    }

    public ProgramRun Run(params string[] arguments) =>
        ProgramRun.ResearchKit(Folder, null, ["notebook", "run", "tiny.ipynb", "--out", "out", .. arguments]);

    /// <summary>Runs another command on the notebook.</summary>
    public ProgramRun Command(string name, params string[] arguments) =>
        ProgramRun.ResearchKit(Folder, null, ["notebook", name, "tiny.ipynb", "--out", "out", .. arguments]);

    /// <summary>Publishes the notebook. Without a chart the browser is only looked for: any file can stand for it.</summary>
    public ProgramRun Publish(string? browser = null)
    {
        var environment = new Dictionary<string, string> { ["RESEARCHKIT_BROWSER"] = browser ?? File };
        return ProgramRun.ResearchKit(Folder, environment, "notebook", "publish", "tiny.ipynb", "--out", "out");
    }

    /// <summary>Changes the notebook's own file.</summary>
    public TinyNotebook Edit(Action<JsonObject> change)
    {
        var root = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
        change(root);
        System.IO.File.WriteAllText(File, root.ToJsonString());
        return this;
    }

    /// <summary>The outputs of a cell after the run.</summary>
    public JsonArray Outputs(string id) => Cells().First(c => (string)c!["id"]! == id)!["outputs"]!.AsArray();

    /// <summary>The text that a cell wrote or gave.</summary>
    public string Text(string id) => string.Concat(Outputs(id).Select(o => Join(o!["text"] ?? o["data"]?["text/plain"])));

    public JsonArray Cells() => JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(Folder, "out", "tiny.ipynb")))!["cells"]!.AsArray();

    public string Html() => System.IO.File.ReadAllText(Path.Combine(Folder, "out", "tiny.html"));

    public void Dispose() => _folder.Dispose();

    private static string Join(JsonNode? lines) => lines is JsonArray array ? string.Concat(array.Select(l => (string?)l)) : "";
}
