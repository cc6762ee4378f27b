using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>What is read of an image that holds two partners side by side, as the data sets of pix2pix do.</summary>
public enum ImageHalf
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>The left half; the middle column of an odd width is in neither.</summary>
    Left,

    /// <summary>The right half.</summary>
    Right,
}

/// <summary>Halves of images, as texts name them: <c>FOLDER:left</c> and <c>FOLDER:right</c>.</summary>
internal static class ImageHalves
{
    /// <summary>The folder that a text names, and which part of its images; a folder of just that name goes first.</summary>
    public static (string Folder, ImageHalf Half) Parse(string text) =>
        Directory.Exists(text) ? (text, ImageHalf.Whole)
        : text.EndsWith(Suffix(ImageHalf.Left), StringComparison.Ordinal) ? (text[..^5], ImageHalf.Left)
        : text.EndsWith(Suffix(ImageHalf.Right), StringComparison.Ordinal) ? (text[..^6], ImageHalf.Right)
        : (text, ImageHalf.Whole);

    /// <summary>What stands behind a folder's name.</summary>
    public static string Suffix(ImageHalf half) =>
        half switch { ImageHalf.Left => ":left", ImageHalf.Right => ":right", _ => "" };

    /// <summary>Cuts one out of an image.</summary>
    /// <param name="image">Shape (C, H, W).</param>
    /// <param name="path">Its file, for the error.</param>
    /// <param name="half">Which.</param>
    /// <returns>A view of shape (C, H, W / 2), or the image.</returns>
    /// <exception cref="DataFileException">It is one pixel wide.</exception>
    public static Tensor Cut(Tensor image, string path, ImageHalf half) => (half, image.shape[2] / 2) switch
    {
        (ImageHalf.Whole, _) => image,
        (_, 0) => throw new DataFileException(path, "is one pixel wide, so that it has no halves: two partners do not stand side by side " +
            "in it."),
        (ImageHalf.Left, var width) => image.narrow(2, 0, width),
        (_, var width) => image.narrow(2, image.shape[2] - width, width),
    };
}
