using ResearchKit.Notebooks.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

/// <summary>A lesson in .NET Interactive's own kernel, which is what VS Code and Jupyter run: the one with a training that is seen live,
/// figures with sliders, images and tables. <c>real_kernel.py lessons</c> of the benchmarks runs all.</summary>
[Collection<LessonRow>]
public sealed class InteractiveToolTests
{
    [Theory]
    [InlineData("00-start-here.ipynb")]
    public void A_lesson_shows_what_it_shows_in_this_host(string lesson)
    {
        var notebook = NotebookFile.Read(Path.Combine(LessonTests.Folder, lesson));
        var committed = notebook.CodeCells.ToDictionary(c => c.Id, c => c.Outputs);
        NotebookParameters.ApplyFast(notebook);
        using var kernel = new InteractiveTool(LessonTests.Folder);
        foreach (var cell in notebook.CodeCells)
        {
            var (error, shown, printed) = kernel.Run(cell.Source);
            Assert.True(error is null, $"{lesson}, cell {cell.Id}: {error}");
            if (committed.TryGetValue(cell.Id, out var outputs) && !cell.Source.Contains(".Live(", StringComparison.Ordinal))
            {
                var values = outputs.Where(o => o!["data"] is not null).Select(o => o!["data"]!.AsObject()).ToList();
                Assert.True(values.Count == shown.Count, $"{lesson}, cell {cell.Id}: {values.Count} values here, {shown.Count} there");
                Assert.All(values.Zip(shown), v => Assert.Contains(v.Second, v.First.ContainsKey));
                Assert.Equal((cell.Id, outputs.Any(o => (string?)o!["output_type"] == "stream")), (cell.Id, printed));
            }
        }
    }
}
