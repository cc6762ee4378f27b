namespace ResearchKit.Notebooks.Checking;

/// <summary>The first place where a cell's outputs are not the committed ones.</summary>
/// <param name="Where">The output, and the place in it.</param>
/// <param name="Committed">What the notebook's file has there.</param>
/// <param name="CameOut">What the new run gave.</param>
internal sealed record OutputDifference(string Where, string Committed, string CameOut);
