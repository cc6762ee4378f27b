namespace ResearchKit.Support;

/// <summary>
/// Tests that start programs and look at what they print and leave. They run beside the tests that happen in this process, whose seeds,
/// tensors and counts of tensors they would disturb: a class in this collection makes no tensor, and starts a program for all that
/// needs one.
/// </summary>
[CollectionDefinition]
public sealed class ProgramTests;

/// <summary>Those of them that run notebooks of their own: a second row, so that at the end both cores have work.</summary>
[CollectionDefinition]
public sealed class NotebookPrograms;
