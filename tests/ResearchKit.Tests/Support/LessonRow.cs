namespace ResearchKit.Support;

/// <summary>The tests that run every lesson. They start programs too (<see cref="ProgramTests"/>), and take longest of them all: they have
/// a row of their own.</summary>
[CollectionDefinition]
public sealed class LessonRow;
