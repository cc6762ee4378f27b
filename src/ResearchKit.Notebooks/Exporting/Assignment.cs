using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ResearchKit.Notebooks.Html;

namespace ResearchKit.Notebooks.Exporting;

/// <summary>Makes of one lesson what a course hands out: the students' notebook, the one with the solutions, and the slides.</summary>
/// <remarks>Solutions are the cells tagged <c>solution</c>, texts and code, and the cells of a notebook of the same name in the folder
/// <c>solutions</c> beside the lesson, which come after the lesson's. Files that the lesson names (images of its texts, and files whose
/// relative path stands in a cell as a string) go along; <c>#r</c> of a library by path is changed to hold in the new folder.</remarks>
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
        SlidesPage.Write(lesson, PlotlyScript.Beside(lesson), name + "-slides.html");
        if (Path.Combine(lesson.Folder, "solutions", Path.GetFileName(path)) is var apart && File.Exists(apart))
        {
            lesson.Append(NotebookFile.Read(apart).Cells, NotebookCell.Solution);
        }

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
            var named = cell.IsMarkdown ? NotebookImages.In(cell.Source, lesson.Folder) : NamedFiles(cell.Source, lesson.Folder);

            // The copy of a path that leads out of the lesson's folder would lie outside the new one.
            var inside = named.Select(f => Path.GetRelativePath(lesson.Folder, f)).Where(f => f.Split('/', '\\')[0] != "..");
            foreach (var file in inside)
            {
                var copy = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(lesson.Folder, file), copy, overwrite: true);
            }

            if (cell.IsCode)
            {
                cell.Source = LibraryPaths.Moved(cell.Source, lesson.Folder, Path.GetFullPath(folder));
            }
        }
    }

    private static IEnumerable<string> NamedFiles(string source, string folder) =>
        CSharpSyntaxTree.ParseText(source, ProgramNames.Syntax).GetRoot().DescendantTokens()
            .Where(t => t.IsKind(SyntaxKind.StringLiteralToken)).Select(t => t.ValueText)
            .Where(p => p.Length > 0 && !Path.IsPathRooted(p) && p.IndexOfAny(Path.GetInvalidPathChars()) < 0)
            .Select(p => Path.Combine(folder, p)).Where(File.Exists);
}
