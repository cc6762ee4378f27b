namespace ResearchKit.Support;

/// <summary>Tests that start the notebook host. They are programs too (<see cref="ProgramTests"/>), and the longest of them all: they
/// run in a row of their own.</summary>
[CollectionDefinition]
public sealed class NotebookTests;
