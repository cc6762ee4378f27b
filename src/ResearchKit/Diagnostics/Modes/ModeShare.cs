namespace ResearchKit.Diagnostics.Modes;

/// <summary>How much of the samples one mode gets, over several runs.</summary>
/// <param name="Mode">The mode's index in the mixture.</param>
/// <param name="True">The share that it has there.</param>
/// <param name="Mean">The mean over runs of its share of the high-quality samples.</param>
/// <param name="Low">Lower end of Student's interval of that mean; may lie below 0.</param>
/// <param name="High">Upper end.</param>
/// <param name="Found">Runs that have at least one sample there.</param>
public sealed record ModeShare(int Mode, double True, double Mean, double Low, double High, int Found)
{
    /// <summary>Whether the interval leaves the true share out.</summary>
    public bool Departs => True < Low || True > High;
}
