namespace ResearchKit.Notebooks.Exporting;

/// <summary>Writes a notebook with the outputs that it holds as Markdown, for a wiki or a code host; images lie beside it.</summary>
internal static class MarkdownExport
{
    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/gif", "image/svg+xml"];

    /// <summary>Writes the file and a folder of its images.</summary>
    public static void Write(NotebookFile notebook, string file)
    {
        var images = Path.ChangeExtension(file, null) + "-images";
        var text = new StringBuilder();
        foreach (var cell in notebook.Cells)
        {
            if (cell.IsCode)
            {
                text.Append(Fence("csharp", cell.Source)).Append('\n');
                foreach (var (i, output) in cell.Outputs.OfType<JsonObject>().Index())
                {
                    text.Append(Output(output, Path.Combine(images, $"{cell.Id}-{i + 1}"))).Append('\n');
                }
            }
            else if (cell.IsMarkdown)
            {
                text.Append(MovedImages(cell.Source, notebook.Folder, images)).Append("\n\n");
            }
        }

        TextFiles.Write(file, text.ToString().TrimEnd() + "\n");
    }

    private static string Output(JsonObject output, string image)
    {
        if (output["data"] is not JsonObject data)
        {
            var lines = output["text"] ?? string.Join('\n', output["traceback"]!.AsArray().Select(l => l.AsText()));
            return Fence("text", lines.AsText());
        }

        var plain = data["text/plain"].AsText().TrimEnd();
        return Array.Find(ImageTypes, data.ContainsKey) is { } type
            ? $"![{plain.ReplaceLineEndings(" ")}]({Saved(data[type].AsText(), type, image)})\n"
            : data["text/html"] is { } html && plain.Length == 0 ? html.AsText() + "\n" : Fence("text", plain);
    }

    private static string Saved(string content, string type, string image)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(image)!);
        var path = $"{image}.{type["image/".Length..].Split('+')[0]}";
        File.WriteAllBytes(path, NotebookText.IsEncodedImage(type) ? Convert.FromBase64String(content) : Encoding.UTF8.GetBytes(content));
        return Link(path);
    }

    // An image beside the notebook goes along.
    private static string MovedImages(string text, string folder, string images) => NotebookImages.Replace(text, folder, path =>
    {
        Directory.CreateDirectory(images);
        var copy = Path.Combine(images, Path.GetFileName(path));
        File.Copy(path, copy, overwrite: true);
        return Link(copy);
    });

    private static string Link(string path) =>
        Uri.EscapeDataString(Path.GetFileName(Path.GetDirectoryName(path)!)) + "/" + Uri.EscapeDataString(Path.GetFileName(path));

    // Longer than any fence within.
    private static string Fence(string language, string text)
    {
        var marks = "```";
        while (text.Contains(marks, StringComparison.Ordinal))
        {
            marks += "`";
        }

        return $"{marks}{language}\n{text.TrimEnd('\n')}\n{marks}\n";
    }
}
