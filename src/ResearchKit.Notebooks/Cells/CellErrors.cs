using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The exception's type, or <c>CompilationError</c>, <c>Directive</c>, <c>Timeout</c>, ...</param>
/// <param name="Message">What happened and, where known, what to do.</param>
/// <param name="Line">The line of the cell, from 1; 0 where it is not known.</param>
/// <param name="Trace">Lines for the reader: the compiler's messages or the stack within the notebook.</param>
public sealed record CellError(string Name, string Message, int Line = 0, IReadOnlyList<string>? Trace = null);

/// <summary>Turns what went wrong in a cell into something to read.</summary>
internal static partial class CellErrors
{
    /// <summary>Ends the file name that a cell is compiled under, so that its frames are told from those of other code.</summary>
    public const string FileEnding = ".cell";

    public static CellError OfCompilation(ImmutableArray<Diagnostic> errors)
    {
        static int LineOf(Diagnostic d) => d.Location.GetLineSpan().StartLinePosition.Line + 1;
        static string Describe(Diagnostic d) => $"line {LineOf(d)}: {d.Id}: {d.GetMessage(CultureInfo.InvariantCulture)}{Hint(d)}";
        List<string> lines = [.. errors.Select(Describe).Distinct()];
        return new CellError("CompilationError", lines[0], LineOf(errors[0]), lines);
    }

    public static CellError OfException(Exception exception, string cellId)
    {
        var inner = exception is AggregateException { InnerExceptions: [var only] } ? only : exception;
        List<string> frames = [.. (inner.StackTrace ?? "").Split('\n').Select(f => f.Trim())];
        var inCell = frames.Select(f => FrameInCell().Match(f)).FirstOrDefault(m => m.Success && m.Groups["name"].Value == cellId);

        // Below the first frame of a cell is only the machinery that runs cells.
        var end = frames.FindLastIndex(f => FrameInCell().IsMatch(f));
        var name = inner.GetType().Name;
        var line = inCell is null ? 0 : int.Parse(inCell.Groups["line"].ValueSpan, CultureInfo.InvariantCulture);
        return new CellError(name, inner.Message, line, [$"{name}: {inner.Message}", .. frames.Take(end + 1).Select(Readable)]);
    }

    // Cells by name and line; other code by its file's name, since its folder is another on every machine.
    private static string Readable(string frame)
    {
        var inCell = FrameInCell().Replace(frame, " in cell ${name}, line ${line}");
        return FrameInFile().Replace(CellBody().Replace(inCell, "at the cell's own code"), " in ${name}, line ${line}");
    }

    private static string Hint(Diagnostic d) => d.Id switch
    {
        "CS1002" when LineText(d)?.Contains("using var", StringComparison.Ordinal) == true =>
            " (`using var` is not allowed at the top of a cell: write `var`, or put the code in a block { })",
        "CS0006" => " (#r starts at the notebook's folder: give the full path of artifacts/kit/ResearchKit.Interactive.dll in "
            + "your checkout of ResearchKit, where `dotnet build -c Release` has filled it)",
        "CS7021" => " (a cell cannot hold a namespace)",
        "CS1109" => " (extension methods cannot be defined in a cell)",
        _ => "",
    };

    private static string? LineText(Diagnostic d) =>
        d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString();

    [GeneratedRegex(@" in (?:.*[/\\])?(?<name>[^/\\]+)\.cell:line (?<line>\d+)$")]
    private static partial Regex FrameInCell();

    [GeneratedRegex(@" in (?:.*[/\\])?(?<name>[^/\\]+):line (?<line>\d+)$")]
    private static partial Regex FrameInFile();

    [GeneratedRegex(@"at Submission#\d+\.<<Initialize>>d__\d+\.MoveNext\(\)")]
    private static partial Regex CellBody();
}
