namespace ResearchKit.Data.Catalog;

/// <summary>What is on disk for one file of a data set.</summary>
public enum FileState
{
    /// <summary>The file is not there.</summary>
    Absent,

    /// <summary>The file is there and its SHA-256 is the catalog's.</summary>
    Intact,

    /// <summary>The file is there, but its SHA-256 is another, or that of a file that it lists is.</summary>
    Damaged,

    /// <summary>The file is there as it was made, by another version of a program than that of the catalog's SHA-256.</summary>
    OfAnotherVersion,
}
