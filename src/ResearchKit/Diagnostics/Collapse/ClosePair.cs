namespace ResearchKit.Diagnostics.Collapse;

/// <summary>Two samples of a set that lie close together.</summary>
/// <param name="First">The row of the one, from 0; the smaller.</param>
/// <param name="Second">The row of the other.</param>
/// <param name="Distance">Their Euclidean distance.</param>
public sealed record ClosePair(long First, long Second, double Distance);
