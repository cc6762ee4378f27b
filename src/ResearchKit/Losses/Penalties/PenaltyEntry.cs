using ResearchKit.Registers;

namespace ResearchKit.Losses.Penalties;

/// <summary>A penalty that options name, on D or on G.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
public abstract record PenaltyEntry(string Name, string Paper, string Purpose) : INamed
{
    /// <summary>Every penalty: those on D, then those on G.</summary>
    public static Register<PenaltyEntry> All { get; } = new("penalty", [.. DiscriminatorPenalties.All, .. GeneratorPenalties.All]);
}
