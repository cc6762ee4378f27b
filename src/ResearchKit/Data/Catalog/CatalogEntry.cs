namespace ResearchKit.Data.Catalog;

/// <summary>One data set of <c>data/catalog.json</c>.</summary>
/// <param name="Name">The name that commands and notebooks use.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="Licence">Under which terms it may be used.</param>
/// <param name="Origin">Who made it and where it is described.</param>
/// <param name="Shipped">True when its files lie in <c>data/NAME</c>; else it is fetched.</param>
/// <param name="Format">How its files are read.</param>
/// <param name="Classes">The classes' names in the order of the labels.</param>
/// <param name="Splits">The parts, for example <c>train</c> and <c>test</c>.</param>
/// <param name="Files">Every file with its size and checksum.</param>
/// <param name="Sources">Where the files can come from, in the order in which they are tried.</param>
public sealed record CatalogEntry(
    string Name,
    string Title,
    string Licence,
    string Origin,
    bool Shipped,
    CatalogFormat Format,
    IReadOnlyList<string> Classes,
    IReadOnlyDictionary<string, CatalogSplit> Splits,
    IReadOnlyList<CatalogFile> Files,
    IReadOnlyList<CatalogSource> Sources);
