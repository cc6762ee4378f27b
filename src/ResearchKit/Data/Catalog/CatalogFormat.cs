using System.Text.Json.Serialization;

namespace ResearchKit.Data.Catalog;

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
}
