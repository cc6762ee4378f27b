namespace ResearchKit.Benchmarks;

/// <summary>What is true of a generator at a moment, from what the monitor does not know: the mixture's modes, or a held-out
/// classifier.</summary>
/// <param name="Step">The step.</param>
/// <param name="Served">Share of the modes (classes) that have at least a quarter of their share: of the samples nearer than a quarter of
/// the modes' distance, or that the classifier is at least half sure of.</param>
/// <param name="Quality">Share of samples within 6 sigma of a mode, or that the classifier is at least half sure of.</param>
/// <param name="Distance">Fréchet distance of pictures to held-out ones in the classifier's features; 0 of points.</param>
/// <param name="Shares">Share of samples nearest to each mode, or of each class.</param>
internal sealed record CollapseTruth(long Step, double Served, double Quality, double Distance, double[] Shares);
