using System.Text.Encodings.Web;

namespace ResearchKit.Notebooks.Files;

/// <summary>A file is not a notebook that can be run, or an argument does not fit it. The message says what to do.</summary>
internal sealed class NotebookFileException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A notebook in memory: nbformat 4, read with all that it holds and written in one canonical form.</summary>
internal sealed partial class NotebookFile(string path, JsonObject root)
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        IndentSize = 1, // Jupyter's own: small differences between versions
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file that was read.</summary>
    public string Path { get; } = path;

    /// <summary>The full path of the folder that the file is in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    public JsonObject Metadata => (JsonObject)root["metadata"]!;

    public List<NotebookCell> Cells => [.. CellArray.Select(c => new NotebookCell((JsonObject)c!))];

    public List<NotebookCell> CodeCells => Cells.FindAll(c => c.IsCode);

    /// <summary>The first line of the first heading, or the file's name.</summary>
    public string Title =>
        Cells.Where(c => c.IsMarkdown).SelectMany(c => c.Source.Split('\n'))
            .FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim()
        ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    private JsonArray CellArray => (JsonArray)root["cells"]!;

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="NotebookFileException">The file is missing, not JSON, or not a notebook of nbformat 4 with C# cells.</exception>
    public static NotebookFile Read(string path)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path)) as JsonObject; // as text: a byte order mark is allowed
            if ((int?)root?["nbformat"] is { } format and not 4)
            {
                throw new NotebookFileException($"{path} is a notebook of nbformat {format}; "
                    + "this host reads nbformat 4. Open and save it with a current Jupyter or VS Code.");
            }

            if (root?["cells"] is not JsonArray cells || !cells.All(IsCell))
            {
                throw new NotebookFileException($"{path} is JSON but not a notebook: it has no list of cells, or a cell is malformed.");
            }

            if (root["nbformat"] is null)
            {
                throw new NotebookFileException($"{path} does not say its nbformat; this host reads nbformat 4. "
                    + "Open and save it with a current Jupyter or VS Code.");
            }

            if ((string?)root["metadata"]?["kernelspec"]?["language"] is { } language and not ("C#" or "csharp"))
            {
                throw new NotebookFileException($"{path} is a notebook for {language}; this host runs C# only.");
            }

            root["metadata"] = root["metadata"] as JsonObject ?? [];
            root["nbformat_minor"] = Math.Max(5, (int?)root["nbformat_minor"] ?? 0);
            for (var i = 0; i < cells.Count; i++)
            {
                cells[i]!["id"] ??= $"cell-{i + 1}"; // nbformat 4.5 wants an id on every cell
                cells[i]!["metadata"] ??= new JsonObject();
            }

            return new NotebookFile(path, root);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new NotebookFileException($"{path} is not a notebook: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NotebookFileException($"{path}: no such file.", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new NotebookFileException($"{path} is a folder; name a notebook in it, an .ipynb file.", e);
        }
    }

    /// <summary>Inserts a code cell with a tag.</summary>
    public void Insert(int index, string id, string source, string tag) => CellArray.Insert(index, new JsonObject
    {
        ["cell_type"] = "code",
        ["id"] = id,
        ["metadata"] = new JsonObject { ["tags"] = new JsonArray(tag) },
        ["source"] = NotebookText.ToLines(source),
        ["outputs"] = new JsonArray(),
        ["execution_count"] = null,
    });

    /// <summary>Puts copies of cells at the end, each with a tag more, and with another id where one has its own.</summary>
    public void Append(IEnumerable<NotebookCell> cells, string tag)
    {
        foreach (var cell in cells)
        {
            var copy = cell.Json.DeepClone();
            copy["metadata"]!["tags"] = new JsonArray([.. cell.Tags.Append(tag).Distinct().Select(t => (JsonNode)t)]);
            while (Cells.Exists(c => c.Id == (string?)copy["id"]))
            {
                copy["id"] = $"{copy["id"]}-{tag}";
            }

            CellArray.Add(copy);
        }
    }

    public void RemoveAt(int index) => CellArray.RemoveAt(index);

    /// <summary>Removes the cells that are meant.</summary>
    public void Remove(Predicate<NotebookCell> which) =>
        Cells.FindAll(which).ForEach(cell => CellArray.Remove(cell.Json));

    /// <summary>The notebook in its canonical form.</summary>
    /// <remarks>Jupyter's layout, but an array of numbers stands on one line: with a line each, differences would be unreadable.</remarks>
    public string ToText()
    {
        MarkLanguage();
        return Numbers().Replace(root.ToJsonString(Layout), array => string.Concat(array.Value.Split(['\n', ' ']))) + "\n";
    }

    /// <summary>Writes the notebook in its canonical form, whole or not at all.</summary>
    public void Write(string path) => TextFiles.Write(path, ToText());

    private static bool IsCell(JsonNode? node) =>
        node is JsonObject cell
        && (cell["id"]?.GetValueKind() ?? JsonValueKind.String) == JsonValueKind.String
        && cell["metadata"] is null or JsonObject
        && cell["source"] is JsonArray or JsonValue;

    // What VS Code's Polyglot extension and Jupyter look for.
    private void MarkLanguage()
    {
        Metadata["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" };
        Metadata["language_info"] = new JsonObject
        {
            ["name"] = "C#",
            ["file_extension"] = ".cs",
            ["mimetype"] = "text/x-csharp",
            ["pygments_lexer"] = "csharp",
        };
        foreach (var cell in CodeCells)
        {
            cell.Json["metadata"]!["dotnet_interactive"] ??= new JsonObject { ["language"] = "csharp" };
            cell.Json["metadata"]!["polyglot_notebook"] ??= new JsonObject { ["kernelName"] = "csharp" };
        }
    }

    // An array of numbers and nulls, with the line break before it where it lies in another: a string's line breaks are escaped.
    [GeneratedRegex(@"(?:\n *)?\[(?>\n *[\d.eE+nul-]+,?)+\n *\]")]
    private static partial Regex Numbers();
}
