using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Turns what went wrong in a cell into something to read.</summary>
internal static partial class CellErrors
{
    /// <summary>Ends the file name that a cell is compiled under, so that its frames are told from those of other code.</summary>
    public const string FileEnding = ".cell";

    public static CellError OfCompilation(ImmutableArray<Diagnostic> errors)
    {
        static int LineOf(Diagnostic d) => d.Location.GetLineSpan().StartLinePosition.Line + 1;
        var lines = errors.Select(d => $"line {LineOf(d)}: {d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}{Hint(d)}").Distinct().ToList();
        return new CellError("CompilationError", lines[0], LineOf(errors[0]), lines);
    }

    public static CellError OfException(Exception exception, string cellId)
    {
        var inner = exception is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : exception;
        var frames = (inner.StackTrace ?? "").Split('\n').Select(f => f.Trim()).ToList();
        var line = frames.Select(f => FrameInCell().Match(f)).FirstOrDefault(m => m.Success && m.Groups["name"].Value == cellId);

        // Below the first frame of a cell is only the machinery that runs cells.
        var end = frames.FindLastIndex(f => FrameInCell().IsMatch(f));
        var trace = frames.Take(end + 1).Select(Readable).Prepend($"{inner.GetType().Name}: {inner.Message}");
        return new CellError(inner.GetType().Name, inner.Message, line is null ? 0 : int.Parse(line.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture), trace.ToList());
    }

    // Cells by name and line; other code by its file's name, since its folder is another on every machine.
    private static string Readable(string frame)
    {
        var inCell = FrameInCell().Replace(frame, " in cell ${name}, line ${line}");
        return FrameInFile().Replace(CellBody().Replace(inCell, "at the cell's own code"), " in ${name}, line ${line}");
    }

    private static string Hint(Diagnostic d) => d.Id switch
    {
        "CS1002" when d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Contains("using var", StringComparison.Ordinal) == true =>
            " (`using var` is not allowed at the top of a cell: write `var`, or put the code in a block { })",
        "CS7021" => " (a cell cannot hold a namespace)",
        "CS1109" => " (extension methods cannot be defined in a cell)",
        _ => "",
    };

    [GeneratedRegex(@" in (?:.*[/\\])?(?<name>[^/\\]+)\.cell:line (?<line>\d+)$")]
    private static partial Regex FrameInCell();

    [GeneratedRegex(@" in (?:.*[/\\])?(?<name>[^/\\]+):line (?<line>\d+)$")]
    private static partial Regex FrameInFile();

    [GeneratedRegex(@"at Submission#\d+\.<<Initialize>>d__\d+\.MoveNext\(\)")]
    private static partial Regex CellBody();
}
