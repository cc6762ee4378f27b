using ResearchKit.Registers;
using ResearchKit.Schedules;

namespace ResearchKit.Losses.Penalties;

/// <summary>A penalty on G that options name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
/// <param name="Create">Builds it from its weight and a seed for what it draws. The caller disposes it where it can be.</param>
public sealed record GeneratorPenaltyEntry(string Name, string Paper, string Purpose,
    Func<Schedule, long, IGeneratorPenalty> Create) : PenaltyEntry(Name, Paper, Purpose);

/// <summary>The penalties on G by name. Their steps are taken in this order.</summary>
public static class GeneratorPenalties
{
    /// <summary>Every penalty.</summary>
    public static Register<GeneratorPenaltyEntry> All { get; } = new("penalty",
    [
        new("pathLength", "Karras et al., arXiv:1912.04958", "makes equal steps in w change images equally; for G with styles",
            (weight, seed) => new PathLengthPenalty(weight, seed)),
    ]);
}
