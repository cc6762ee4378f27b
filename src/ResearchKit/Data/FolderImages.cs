using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>The images of a folder that can be read, and their pixels where they are few enough to be kept.</summary>
internal sealed record FolderImages(string Name, ImageFolderOptions Options, IReadOnlyList<string> Paths, IReadOnlyList<long>? Labels,
    IReadOnlyList<string> ClassNames, string Sha256, ImageSet? Set)
{
    /// <summary>The classes with the number of images of each; null where there are none.</summary>
    public SampleClasses? Classes => Labels is null ? null : SampleClasses.Of(Labels, ClassNames);

    /// <summary>What else is in the folder, in a line for each kind of file.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>What a user should know of how its images were read, in a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Decodes some of the images. The caller disposes the result.</summary>
    /// <param name="picked">Which.</param>
    /// <exception cref="DataFileException">One can no longer be read.</exception>
    public ImageSet Select(IReadOnlyList<long> picked)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var decoded = ImageFolder.Decode([.. picked.Select(i => Paths[(int)i])], Options);
        try
        {
            var images = stack([.. decoded.Select(d => d.Image ?? throw d.Problem!)]); // (B, C, H, W)
            var labels = Labels is null ? null : tensor(picked.Select(i => Labels[(int)i]).ToArray(), ScalarType.Int64);
            return new ImageSet(Name, images, labels, ClassNames);
        }
        finally
        {
            foreach (var (image, _, _) in decoded)
            {
                image?.Dispose();
            }
        }
    }
}
