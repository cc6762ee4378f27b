using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Benchmarks;

/// <summary>What became of one run, and what the monitor said of it.</summary>
/// <param name="Case">The run.</param>
/// <param name="Verdict">The last verdict.</param>
/// <param name="Since">Since which step.</param>
/// <param name="Distance">The generator's distance to the truth; NaN where there is no generator.</param>
/// <param name="Modes">Modes captured, of points.</param>
internal sealed record MonitorOutcome(MonitorCase Case, GameVerdictKind Verdict, long Since, double Distance, string Modes)
{
    /// <summary>The verdict that the run's making calls for.</summary>
    public string Truth =>
        !Case.IsBad ? "Healthy" : Case.Family switch { "rate" => "Diverging", "critic" => "UnboundedCritic", _ => "DiscriminatorWon" };

    /// <summary>The verdict, with a training that broke off counted as one that diverged.</summary>
    public string Said => Verdict == GameVerdictKind.NotFinite ? "Diverging" : $"{Verdict}";

    /// <summary>Whether trouble was told where there is trouble, and none where there is none.</summary>
    public bool TellsTrouble => Case.IsBad == (Verdict is not (GameVerdictKind.Healthy or GameVerdictKind.Undecided));
}
