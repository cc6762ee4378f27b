namespace ResearchKit.Data.Catalog;

/// <summary>A place that a data set's files can come from.</summary>
/// <param name="Where">A folder, or an http(s) address that ends in a slash.</param>
/// <param name="Hint">What it is, and how to get it where it can be installed.</param>
public sealed record CatalogSource(string Where, string Hint);
