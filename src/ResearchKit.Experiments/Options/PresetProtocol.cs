using System.Text.Json.Serialization;

namespace ResearchKit.Experiments.Options;

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
    /// <param name="setting">The setting's name.</param>
    /// <param name="score">The score's name.</param>
    public PublishedValue? Find(string setting, string score) =>
        Published.TryGetValue(setting, out var scores) && scores.TryGetValue(score, out var value) ? value : null;

    internal void Validate()
    {
        if (Form is not (Exact or Quick))
        {
            throw new FormatException($"Its form is '{Form}'; it must be {Exact} or {Quick}.");
        }

        if (Form == Quick && Deviations.Count == 0)
        {
            throw new FormatException("A quick form must name its deviations.");
        }

        foreach (var (name, seeds) in new[] { ("tunedOn", TunedOn), ("reportedOn", ReportedOn) })
        {
            if (seeds is not null
                && !(seeds.Split("..") is [var first, var last] && long.TryParse(first, out var low) && long.TryParse(last, out var high)
                && 0 <= low && low <= high))
            {
                throw new FormatException($"Its {name} is '{seeds}'; it must be seeds like 0..9.");
            }
        }

        foreach (var (setting, scores) in Published)
        {
            if (scores is null
                || scores.FirstOrDefault(s => !(double.IsFinite(s.Value?.Mean ?? double.NaN) && s.Value!.Error is null or >= 0
                && s.Value.Runs is null or >= 1)).Key is not null)
            {
                throw new FormatException($"What is published of '{setting}' is not as it must be: each score needs a mean, and its " +
                    $"error (from 0) and runs (from 1) where they are known.");
            }
        }
    }
}
