using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ResearchKit.Notebooks.Exporting;

/// <summary>Makes of one lesson what a course hands out: the students' notebook, the one with the solutions, and the slides.</summary>
/// <remarks>Solutions are the cells tagged <c>solution</c>, texts and code. Files that the lesson names (images of its texts, and files
/// whose relative path stands in a cell as a string) go along; <c>#r</c> of a library by path is changed to hold in the new
/// folder.</remarks>
internal static class Assignment
{
    /// <summary>Writes the files.</summary>
    /// <param name="path">The lesson.</param>
    /// <param name="folder">Where they go; not the lesson's own folder.</param>
    /// <returns>The files, without those that go along; no notebook with solutions where the lesson has none.</returns>
    public static List<string> Write(string path, string folder)
    {
        var name = Path.Combine(folder, Path.GetFileNameWithoutExtension(path));
        var lesson = NotebookFile.Read(path);
        Html.SlidesPage.Write(lesson, Html.PlotlyScript.Beside(lesson), name + "-slides.html");
        Move(lesson, folder);
        List<string> written = [name + ".ipynb"];
        if (lesson.Cells.Exists(c => c.HasTag(NotebookCell.Solution)))
        {
            written.Add(name + "-solution.ipynb");
            lesson.Write(written[^1]);
            lesson.Remove(c => c.HasTag(NotebookCell.Solution));
        }

        lesson.Write(written[0]);
        return [.. written, name + "-slides.html"];
    }

    private static void Move(NotebookFile lesson, string folder)
    {
        foreach (var cell in lesson.Cells)
        {
            var files = new List<string>();
            if (cell.IsMarkdown)
            {
                NotebookImages.Replace(cell.Source, lesson.Folder, path =>
                {
                    files.Add(Path.GetRelativePath(lesson.Folder, path));
                    return "";
                });
            }
            else if (cell.IsCode)
            {
                files.AddRange(NamedFiles(cell.Source, lesson.Folder));
                cell.Source = LibraryPaths.Moved(cell.Source, lesson.Folder, Path.GetFullPath(folder));
            }

            foreach (var file in files)
            {
                var copy = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(lesson.Folder, file), copy, overwrite: true);
            }
        }
    }

    // A path that leads out of the lesson's folder means the same files from anywhere beside it; it is left alone.
    private static IEnumerable<string> NamedFiles(string source, string folder) =>
        CSharpSyntaxTree.ParseText(source, ProgramNames.Syntax).GetRoot().DescendantTokens()
            .Where(t => t.IsKind(SyntaxKind.StringLiteralToken)).Select(t => t.ValueText)
            .Where(p => p.Length > 0 && !Path.IsPathRooted(p) && !p.Contains("..", StringComparison.Ordinal)
                && p.IndexOfAny(Path.GetInvalidPathChars()) < 0 && File.Exists(Path.Combine(folder, p)));
}
