using System.Text.Json.Serialization;
using ResearchKit.Data.Sounds;
using ResearchKit.Data.Text;

namespace ResearchKit.Data.Catalog;

/// <summary>One data set of <c>data/catalog.json</c>.</summary>
/// <param name="Name">The name that commands and notebooks use.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="Licence">Under which terms it may be used.</param>
/// <param name="Origin">Who made it and where it is described.</param>
/// <param name="Shipped">True when its files lie in <c>data/NAME</c>; else it is fetched.</param>
/// <param name="Format">How its files are read.</param>
/// <param name="Size">The side of its square images in pixels; of text the characters of its longest line, of sounds their samples a
/// second.</param>
/// <param name="Channels">1 for grey images, text and sounds, 3 for colour.</param>
/// <param name="Classes">The classes' names in the order of the labels.</param>
/// <param name="Splits">The parts, for example <c>train</c> and <c>test</c>.</param>
/// <param name="Files">Every file with its size and checksum.</param>
/// <param name="Sources">Where the files can come from, in the order in which they are tried.</param>
/// <param name="Partners">Sets whose image i of a part is the partner of image i of this set's part; the set's own name where that holds
/// between its classes. Null for none.</param>
public sealed record CatalogEntry(
    string Name,
    string Title,
    string Licence,
    string Origin,
    bool Shipped,
    CatalogFormat Format,
    int Size,
    int Channels,
    IReadOnlyList<string> Classes,
    IReadOnlyDictionary<string, CatalogSplit> Splits,
    IReadOnlyList<CatalogFile> Files,
    IReadOnlyList<CatalogSource> Sources,
    IReadOnlyList<string>? Partners = null)
{
    /// <summary>Refuses a set of text or of sounds.</summary>
    /// <exception cref="ArgumentException">It is one.</exception>
    internal void RequireImages()
    {
        if (Format is CatalogFormat.Lines or CatalogFormat.Wav)
        {
            throw new ArgumentException($"The data set {Name} holds {(Format == CatalogFormat.Wav ? "sounds" : "lines of text")} and no " +
                $"images{(Format == CatalogFormat.Wav ? "." : $"; to train on them write {Name} alone.")}");
        }
    }
}

/// <summary>One part of a data set.</summary>
/// <param name="Images">The name of the file that holds the images, or the lines of text; of sounds that of the folder that holds a
/// folder of WAV files for each class.</param>
/// <param name="Labels">The name of the labels' file; null where the images' file holds the labels too.</param>
/// <param name="Members">The names of the files inside the archive <paramref name="Images"/>, in order; null where it is no
/// archive.</param>
public sealed record CatalogSplit(string Images, string? Labels = null, IReadOnlyList<string>? Members = null);

/// <summary>One file of a data set.</summary>
/// <param name="Name">The file's name, without a folder. <c>SHA256SUMS</c> is a list of the sums of all other files of the set, and what
/// is said of it is said of them too.</param>
/// <param name="Bytes">Its size; of a list that of the files in it.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits in lower case.</param>
/// <param name="Varies">Whether another version of the program that the set is made with gives another file.</param>
public sealed record CatalogFile(string Name, long Bytes, string Sha256, bool Varies = false);

/// <summary>A place that a data set's files can come from.</summary>
/// <param name="Where">A folder, or an http(s) address that ends in a slash; what it is made of, in words, where it is made.</param>
/// <param name="Hint">What it is, and how to get it where it can be installed.</param>
/// <param name="Make">How the set is made of what is there (<see cref="EmojiSets"/>, <see cref="DrumSamples"/>,
/// <see cref="SpokenDigits"/>); null where its files are there as they are.</param>
public sealed record CatalogSource(string Where, string Hint, string? Make = null);

/// <summary>How a data set's files are read.</summary>
public enum CatalogFormat
{
    /// <summary>IDX files of images and of labels, as <see cref="IdxFile"/> reads them.</summary>
    [JsonStringEnumMemberName("idx")]
    Idx,

    /// <summary>Members of CIFAR-10's archive, as <see cref="CifarFile.ReadCifar10"/> reads them.</summary>
    [JsonStringEnumMemberName("cifar-10")]
    Cifar10,

    /// <summary>Members of CIFAR-100's archive, as <see cref="CifarFile.ReadCifar100"/> reads them.</summary>
    [JsonStringEnumMemberName("cifar-100")]
    Cifar100,

    /// <summary>Text, one sample a line, as <see cref="TextFile"/> reads it.</summary>
    [JsonStringEnumMemberName("lines")]
    Lines,

    /// <summary>Folders of WAV files, one a class, as <see cref="SoundSet.Read"/> reads them.</summary>
    [JsonStringEnumMemberName("wav")]
    Wav,
}
