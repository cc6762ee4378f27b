using System.Text.Json.Serialization;

namespace ResearchKit.Experiments.Options;

/// <summary>A named experiment: what it is, where it is from, its options.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">One line: what it is and where it is from.</param>
/// <param name="Options">Its options.</param>
/// <param name="Variants">What a sweep of it compares; none where it is one experiment.</param>
/// <param name="Protocol">The published protocol that it follows; null for none.</param>
public sealed record Preset(string Name, string Title, ExperimentOptions Options, IReadOnlyList<SweepSetting> Variants,
    PresetProtocol? Protocol = null)
{
    /// <summary>What was published for this setting; empty for nothing.</summary>
    public IReadOnlyList<PublishedScore> Published { get; init; } = [];
}

/// <summary>A published number of one experiment.</summary>
/// <param name="Score">What was measured, for example <c>FID</c>.</param>
/// <param name="Mean">The number.</param>
/// <param name="Source">The paper or repository.</param>
/// <param name="Of">Of what it is, for example <c>50,000 samples against training images</c>; null where the source tells no more.</param>
public sealed record PublishedScore(string Score, double Mean, string Source, string? Of = null);

/// <summary>One point of a sweep's grid: what is changed of the preset.</summary>
/// <param name="Name">What the table calls it, for example <c>r1=0.1</c>.</param>
/// <param name="Assignments">The changes, each <c>name=value</c>.</param>
public sealed record SweepSetting(string Name, IReadOnlyList<string> Assignments)
{
    /// <summary>The name as that of a folder: other characters than letters, digits, <c>. = _ -</c> become hyphens.</summary>
    public string FolderName =>
        string.Concat(Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '=' or '_' or '-' ? c : '-')).Trim('.');

    /// <summary>The same with another's changes too.</summary>
    internal SweepSetting And(SweepSetting other) =>
        new(string.Join(", ", ((string[])[Name, other.Name]).Where(n => n.Length > 0)), [.. Assignments, .. other.Assignments]);
}

/// <summary>Where an experiment comes from: the published protocol that a preset follows, what it does otherwise, and what was
/// published.</summary>
/// <param name="Form"><c>exact</c> (as published) or <c>quick</c> (the same question in minutes; every deviation is named).</param>
/// <param name="Source">The paper, with section or table.</param>
/// <param name="Deviations">What is not as published, one sentence each; an exact form has the published size, budget and scoring, and
/// names what still differs.</param>
/// <param name="Published">Published results: setting, then score, then value.</param>
/// <param name="TunedOn">The seeds that settings were chosen on, for example <c>100..109</c>; null where nothing was chosen.</param>
/// <param name="ReportedOn">The seeds that results are reported on, disjoint from them.</param>
public sealed record PresetProtocol(
    string Form,
    string Source,
    IReadOnlyList<string> Deviations,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, PublishedValue>> Published,
    string? TunedOn = null,
    string? ReportedOn = null)
{
    /// <summary>As published.</summary>
    public const string Exact = "exact";

    /// <summary>Short, with deviations.</summary>
    public const string Quick = "quick";

    /// <summary>Whether it follows the publication, so that results may stand against published ones.</summary>
    [JsonIgnore]
    public bool IsExact => Form == Exact;

    /// <summary>What was published of a setting's score; null for nothing.</summary>
    public PublishedValue? Find(string setting, string score) => Published.GetValueOrDefault(setting)?.GetValueOrDefault(score);
}

/// <summary>A number from a paper's table.</summary>
/// <param name="Mean">The mean over runs, or the one number.</param>
/// <param name="Error">Its standard error as published; null where none is.</param>
/// <param name="Runs">Runs behind it; null where it is not told.</param>
/// <param name="From">The paper, where it is another than the protocol's source: its networks and budget may differ too.</param>
public sealed record PublishedValue(double Mean, double? Error = null, int? Runs = null, string? From = null)
{
    /// <summary>As it is printed: <c>17.3 ± 0.8</c>.</summary>
    public override string ToString() =>
        Invariant($"{Mean:G4}{(Error is { } e ? $" ± {e:G2}" : "")}{(From is null ? "" : $" ({From})")}");
}
