using System.Globalization;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>How a generator stands, in words.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Step">The step after which it was judged.</param>
/// <param name="Since">The first step from which it has held without a break.</param>
/// <param name="HealthyUntil">The last step at which the generator was healthy; null where it never was, or still is. A collapse that has
/// it is a late one.</param>
/// <param name="Evidence">What was seen, with its numbers.</param>
/// <param name="Advice">What to try; empty where there is nothing to mend.</param>
public sealed record CollapseVerdict(CollapseKind Kind, long Step, long Since, long? HealthyUntil, string Evidence, string Advice)
{
    /// <summary>Whether it is a collapse: full, partial or cycling.</summary>
    public bool IsCollapse => Kind is CollapseKind.FullCollapse or CollapseKind.Cycling or CollapseKind.PartialCollapse;

    /// <summary>Whether it is a collapse of a generator that was healthy before.</summary>
    public bool IsLate => IsCollapse && HealthyUntil is not null;

    /// <summary>One or two sentences, the same on every run with the same numbers.</summary>
    public override string ToString() => Kind switch
    {
        CollapseKind.Undecided => Evidence,
        CollapseKind.Healthy => $"The generator is healthy at step {Number(Step)}: {Evidence}.",
        CollapseKind.UnderTrained when HealthyUntil is { } healthy =>
            $"The generator's samples have been poor since step {Number(Since)}, after it was healthy until step {Number(healthy)}: " +
                $"{Evidence}; try {Advice}.",
        CollapseKind.UnderTrained => $"The generator needs time, as at every look since step {Number(Since)}: {Evidence}; try {Advice}.",
        _ =>
            $"{Headline} since step {Number(Since)}{(IsLate ? $", after it was healthy until step " +
                $"{Number(HealthyUntil!.Value)}" : "")}: {Evidence}; try {Advice}.",
    };

    private string Headline => Kind switch
    {
        CollapseKind.FullCollapse => "The generator has collapsed",
        CollapseKind.Cycling => "The generator has been cycling between modes",
        _ => "The generator has collapsed in part",
    };

    private static string Number(long step) => step.ToString("N0", CultureInfo.InvariantCulture);
}
