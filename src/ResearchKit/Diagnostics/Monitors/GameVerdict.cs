using System.Globalization;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>How a training stands, in words.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Step">The step after which it was judged.</param>
/// <param name="Since">The first step from which it has held without a break.</param>
/// <param name="Evidence">What was seen, with its numbers.</param>
/// <param name="Advice">What to try; empty where there is nothing to mend.</param>
public sealed record GameVerdict(GameVerdictKind Kind, long Step, long Since, string Evidence, string Advice)
{
    /// <summary>One or two sentences, the same on every run with the same numbers.</summary>
    public override string ToString() => Kind switch
    {
        GameVerdictKind.Undecided => Evidence,
        GameVerdictKind.NotFinite => $"{Headline} at step {Number(Since)}: {Evidence}; try {Advice}.",
        GameVerdictKind.Healthy => $"{Headline} at step {Number(Step)}: {Evidence}.",
        _ => $"{Headline} since step {Number(Since)}: {Evidence}; try {Advice}.",
    };

    private string Headline => Kind switch
    {
        GameVerdictKind.NotFinite => "The training broke off",
        GameVerdictKind.Diverging => "The training has been thrown out of bounds",
        GameVerdictKind.UnboundedCritic => "The critic has grown without bound",
        GameVerdictKind.DiscriminatorWon => "D has won",
        GameVerdictKind.GeneratorStarved => "G has been starved",
        GameVerdictKind.DiscriminatorLost => "D has been lost",
        GameVerdictKind.Oscillating => "The players have been turning in circles",
        _ => "No trouble is seen",
    };

    private static string Number(long step) => step.ToString("N0", CultureInfo.InvariantCulture);
}
