using System.Globalization;
using ResearchKit.Data;
using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Writes images as PNG files of their own, as metrics and <see cref="ImageFolder"/> read them: their pixels, and no border as
/// between the images of a grid.</summary>
public static class ImageFolderWriter
{
    /// <summary>Writes one file an image, <c>000000.png</c>, <c>000001.png</c>, ... in the set's order; each whole or not at all.</summary>
    /// <param name="images">The images, of 1 or 3 channels.</param>
    /// <param name="folder">The folder; it is made when it is missing, and files of the same names are replaced.</param>
    /// <param name="cancellation">Ends the work between two files with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The images have another number of channels.</exception>
    public static void Write(ImageSet images, string folder, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var rows = images.Images.cpu().permute(0, 2, 3, 1).contiguous(); // (N, H, W, C)
        for (var i = 0L; i < images.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var image = rows[i]; // (H, W, C)
            AtomicFile.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i:D6}.png")),
                PngFile.Encode(image.data<byte>().ToArray(), images.Width, images.Height, images.Channels));
        }
    }
}
