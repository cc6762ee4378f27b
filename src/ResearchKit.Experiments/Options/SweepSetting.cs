namespace ResearchKit.Experiments.Options;

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
