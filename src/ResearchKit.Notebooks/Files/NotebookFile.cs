using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResearchKit.Notebooks.Files;

/// <summary>A notebook in memory: nbformat 4, read with all that it holds and written in one canonical form.</summary>
public sealed class NotebookFile
{
    private readonly JsonObject _root;

    private NotebookFile(string path, JsonObject root)
    {
        Path = path;
        _root = root;
    }

    /// <summary>The file that was read.</summary>
    public string Path { get; }

    /// <summary>What the notebook says of itself.</summary>
    public JsonObject Metadata => (JsonObject)_root["metadata"]!;

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells => [.. ((JsonArray)_root["cells"]!).Select(c => new NotebookCell((JsonObject)c!))];

    /// <summary>The first line of the first heading, or the file's name.</summary>
    public string Title => Cells.Where(c => c.IsMarkdown).SelectMany(c => c.Source.Split('\n')).FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim()
        ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="NotebookFileException">The file is missing, no JSON, or no notebook of nbformat 4 with C# cells.</exception>
    public static NotebookFile Read(string path)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path)) as JsonObject; // as text: a byte order mark is no fault
            if (root?["cells"] is not JsonArray cells || !cells.All(IsCell))
            {
                throw new NotebookFileException($"{path} is JSON, but no notebook: it has no list of cells, or a cell is malformed.");
            }

            if ((int?)root["nbformat"] != 4)
            {
                throw new NotebookFileException($"{path} is a notebook of nbformat {root["nbformat"]?.ToJsonString() ?? "unknown"}; this host reads nbformat 4. Open and save it with a current Jupyter or VS Code.");
            }

            var language = (string?)root["metadata"]?["kernelspec"]?["language"] ?? "C#";
            if (language is not ("C#" or "csharp"))
            {
                throw new NotebookFileException($"{path} is a notebook for {language}; this host runs C# only.");
            }

            return new NotebookFile(path, Completed(root, cells));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new NotebookFileException($"{path} is not a notebook: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NotebookFileException($"{path}: no such file.", e);
        }
    }

    /// <summary>Inserts a code cell.</summary>
    /// <param name="index">Its place among the cells.</param>
    /// <param name="id">Its name.</param>
    /// <param name="source">C#.</param>
    /// <param name="tag">Its tag.</param>
    public void Insert(int index, string id, string source, string tag) => ((JsonArray)_root["cells"]!).Insert(index, new JsonObject
    {
        ["cell_type"] = "code",
        ["id"] = id,
        ["metadata"] = new JsonObject { ["tags"] = new JsonArray(tag) },
        ["source"] = NotebookCell.Lines(source),
        ["outputs"] = new JsonArray(),
        ["execution_count"] = null,
    });

    /// <summary>Removes a cell.</summary>
    public void RemoveAt(int index) => ((JsonArray)_root["cells"]!).RemoveAt(index);

    /// <summary>The notebook in its canonical form.</summary>
    public string ToText()
    {
        MarkLanguage();
        return NotebookJson.ToText(_root) + "\n";
    }

    /// <summary>Writes the notebook in its canonical form, beside its final name, and renames it.</summary>
    public void Write(string path) => AtomicText.Write(path, ToText());

    private static bool IsCell(JsonNode? node) =>
        node is JsonObject cell
        && cell["id"] is null or JsonValue && (cell["id"]?.GetValueKind() ?? JsonValueKind.String) == JsonValueKind.String
        && cell["metadata"] is null or JsonObject
        && cell["source"] is JsonArray or JsonValue;

    // nbformat 4.5 wants an id on every cell; one that lacks it is named after its place.
    private static JsonObject Completed(JsonObject root, JsonArray cells)
    {
        root["metadata"] = root["metadata"] as JsonObject ?? [];
        root["nbformat_minor"] = Math.Max(5, (int?)root["nbformat_minor"] ?? 0);
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = (JsonObject)cells[i]!;
            cell["id"] ??= $"cell-{i + 1}";
            cell["metadata"] ??= new JsonObject();
        }

        return root;
    }

    // What VS Code's Polyglot extension and Jupyter look for.
    private void MarkLanguage()
    {
        Metadata["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" };
        Metadata["language_info"] = new JsonObject { ["name"] = "C#", ["file_extension"] = ".cs", ["mimetype"] = "text/x-csharp", ["pygments_lexer"] = "csharp" };
        foreach (var cell in Cells.Where(c => c.IsCode))
        {
            var cellMetadata = cell.Json["metadata"]!.AsObject();
            cellMetadata["dotnet_interactive"] ??= new JsonObject { ["language"] = "csharp" };
            cellMetadata["polyglot_notebook"] ??= new JsonObject { ["kernelName"] = "csharp" };
        }
    }
}
