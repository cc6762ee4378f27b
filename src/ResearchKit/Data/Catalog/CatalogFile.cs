namespace ResearchKit.Data.Catalog;

/// <summary>One file of a data set.</summary>
/// <param name="Name">The file's name, without a folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits in lower case.</param>
public sealed record CatalogFile(string Name, long Bytes, string Sha256);
