namespace ResearchKit.Diagnostics.Collapse;

/// <summary>How often a batch holds duplicates.</summary>
/// <param name="BatchSize">Samples in the batch, s.</param>
/// <param name="Probability">The share of random batches of that size with at least one pair of duplicates, in [0, 1].</param>
public sealed record BatchCollision(int BatchSize, double Probability);
