using Xunit.Sdk;
using Xunit.v3;

namespace ResearchKit.Support;

/// <summary>Begins with the rows of tests that take longest, the lessons' (<see cref="LessonRow"/>) and this process's own: those of
/// programs are done beside what is left of them. The other way round one core would wait at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [.. testCollections.OrderBy(c => Place(c.TestCollectionDisplayName))];

    private static int Place(string name) =>
        Is(name, nameof(LessonRow)) ? 0 : Is(name, nameof(ProgramTests)) || Is(name, nameof(NotebookPrograms)) ? 2 : 1;

    private static bool Is(string name, string row) => name.Contains(row, StringComparison.Ordinal);
}
