namespace ResearchKit.Data.Catalog;

/// <summary>One part of a data set.</summary>
/// <param name="Images">The name of the file that holds the images.</param>
/// <param name="Labels">The name of the labels' file; null where the images' file holds the labels too.</param>
/// <param name="Members">The names of the files inside the archive <paramref name="Images"/>, in order; null where it is no
/// archive.</param>
public sealed record CatalogSplit(string Images, string? Labels = null, IReadOnlyList<string>? Members = null);
