namespace ResearchKit.Data.Catalog;

/// <summary>One part of a data set.</summary>
/// <param name="Images">The name of the images' file.</param>
/// <param name="Labels">The name of the labels' file.</param>
public sealed record CatalogSplit(string Images, string Labels);
