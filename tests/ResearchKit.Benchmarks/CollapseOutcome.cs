using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Benchmarks;

/// <summary>What became of one run, and what the monitor said of it.</summary>
/// <param name="Case">The run.</param>
/// <param name="Label">What it is: one of <see cref="CollapseLabel.Classes"/>, or "None".</param>
/// <param name="Verdict">The last verdict.</param>
/// <param name="Truth">The truth at that moment.</param>
internal sealed record CollapseOutcome(CollapseCase Case, string Label, CollapseVerdict Verdict, CollapseTruth? Truth)
{
    /// <summary>The verdict's class: a late collapse is one of its own.</summary>
    public string Said => Verdict.IsLate ? "Late" : $"{Verdict.Kind}";
}
