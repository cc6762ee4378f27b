namespace ResearchKit.Support;

/// <summary>Tests of what all threads of the process share, such as its garbage collections: nothing runs beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class LonelyTests;
