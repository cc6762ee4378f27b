using Xunit.Sdk;
using Xunit.v3;

namespace ResearchKit.Support;

/// <summary>Begins with the row of tests that takes longest, the lessons' (<see cref="LessonRow"/>): the others, shorter ones, are
/// done beside it. The other way round one core would wait for it at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [.. testCollections.OrderBy(c => c.TestCollectionDisplayName.Contains(nameof(LessonRow), StringComparison.Ordinal) ? 0 : 1)];
}
