using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>A published number, and beside it what the kit got.</summary>
/// <param name="Protocol">The preset that follows the publication.</param>
/// <param name="Form"><see cref="PresetProtocol.Exact"/> or <see cref="PresetProtocol.Quick"/>.</param>
/// <param name="Method">The preset's variant; empty where it has none.</param>
/// <param name="Score">What was measured.</param>
/// <param name="Published">The number.</param>
/// <param name="Source">Where it stands.</param>
/// <param name="Of">Of what it is; null where nothing more is told.</param>
/// <param name="Ours">The values over seeds; none where it was not run.</param>
/// <param name="Seeds">Their seeds.</param>
/// <param name="Difference">Welch's 99 % interval of ours less the published mean; null for a quick form, and where an error is missing.
/// </param>
/// <param name="Machine">What ours were computed on; null where that was not recorded.</param>
/// <param name="Minutes">Mean minutes of a run, scores included; null likewise.</param>
/// <param name="NotRun">Why there is no value of ours; null where there is one.</param>
/// <param name="Runs">Runs that the protocol asks for.</param>
/// <param name="Steps">Steps of G in each.</param>
/// <param name="Batch">Samples in a batch.</param>
/// <param name="Step">What a step costs, as it was timed; null where it was not.</param>
/// <param name="Command">The command that makes ours.</param>
public sealed record PublishedRow(string Protocol, string Form, string Method, string Score, PublishedValue Published, string Source,
    string? Of, SeedValues Ours, IReadOnlyList<long> Seeds, (double Low, double High)? Difference, string? Machine, double? Minutes,
    string? NotRun, int Runs, int Steps, int Batch, StepCost? Step, string Command)
{
    /// <summary>What is said of a quick form in place of a difference.</summary>
    public const string QuickForm = "quick form: other networks and budget";

    /// <summary>A run's time by its steps; null where no step was timed.</summary>
    public TimeSpan? Cost => Step is { } step ? TimeSpan.FromSeconds(step.Seconds * Steps) : null;

    /// <summary>Whether steps were timed in seconds of a CPU's processors.</summary>
    internal bool IsOnProcessor => Step?.Machine.Contains(" x ", StringComparison.Ordinal) == true;

    /// <summary>The difference's interval, or why there is none.</summary>
    internal string DifferenceText => Ours.Values.Count == 0 ? "-"
        : Form == PresetProtocol.Quick ? "quick form"
        : Difference is var (low, high) ? $"[{SeedValues.Number(low)}, {SeedValues.Number(high)}]"
        : "no error given";

    /// <summary>A run's time: as it was recorded; else, as "about", by its steps.</summary>
    internal string Time => Minutes is { } minutes ? SweepCost.Words(TimeSpan.FromMinutes(minutes))
        : Cost is { } cost ? $"about {SweepCost.Words(cost)}"
        : "not timed";

    /// <summary>The seeds, as <c>seeds 0..9</c>.</summary>
    internal string SeedsText
    {
        get
        {
            var isRange = Seeds.Count > 2 && Seeds.Zip(Seeds.Skip(1)).All(s => s.Second == s.First + 1);
            return (Seeds.Count == 1 ? "seed " : "seeds ") + (isRange ? $"{Seeds[0]}..{Seeds[^1]}" : string.Join(", ", Seeds));
        }
    }
}
