namespace ResearchKit.Experiments.Options;

/// <summary>A named experiment: what it is, where it is from, its options.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">One line: what it is and where it is from.</param>
/// <param name="Options">Its options.</param>
/// <param name="Variants">What a sweep of it compares; none where it is one experiment.</param>
/// <param name="Protocol">The published protocol that it follows; null for none.</param>
public sealed record Preset(string Name, string Title, ExperimentOptions Options, IReadOnlyList<SweepSetting> Variants,
    PresetProtocol? Protocol = null);
