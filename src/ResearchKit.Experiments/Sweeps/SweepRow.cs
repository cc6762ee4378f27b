namespace ResearchKit.Experiments.Sweeps;

/// <summary>One scored moment of one run.</summary>
/// <param name="Cell">The run.</param>
/// <param name="Step">The training step.</param>
/// <param name="Scores">The scores by name.</param>
/// <param name="DivergedAt">The step at which the run diverged; null for a scored moment.</param>
public sealed record SweepRow(SweepCell Cell, long Step, IReadOnlyDictionary<string, double> Scores, long? DivergedAt);
