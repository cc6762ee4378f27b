using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>A PNG image with a caption. In a notebook it shows itself.</summary>
public abstract class CaptionedImage
{
    private protected CaptionedImage(byte[] png, GridLayout layout, string caption) =>
        (Png, Width, Height, Caption) = (png, layout.Width, layout.Height, caption);

    /// <summary>The image as a PNG file.</summary>
    public byte[] Png { get; }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>What it shows, for readers who do not see it.</summary>
    public string Caption { get; }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">A name that ends in <c>.png</c>; its folder is made when it is missing.</param>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    public void Save(string path) => AtomicFile.Write(
        path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? path : throw new ArgumentException(
        $"{path}: the image is written as PNG, so give its file a name that ends in .png."), Png);

    /// <summary>The caption and the size.</summary>
    public override string ToString() => $"{(Caption.Length > 0 ? Caption + ": " : "")}{Content}, {Width} x {Height} pixels";

    /// <summary>What it holds, in two words.</summary>
    private protected abstract string Content { get; }
}

/// <summary>Images side by side as one PNG image. In a notebook it shows itself.</summary>
public sealed class ImageGrid : CaptionedImage
{
    private ImageGrid(GridLayout layout, string caption)
        : base(PngFile.Encode(layout.Pixels, layout.Width, layout.Height, layout.Channels), layout, caption) => Count = layout.Count;

    /// <summary>How many images it holds.</summary>
    public int Count { get; }

    private protected override string Content => $"{Count} images";

    /// <summary>Lays images out row by row.</summary>
    /// <param name="images">Shape (N, C, H, W), C = 1 or 3: uint8, or float in [-1, 1] (values outside are clamped). Stays the
    /// caller's.</param>
    /// <param name="columns">Images a row, at least 1.</param>
    /// <param name="scale">Screen pixels for each image pixel, at least 1; no smoothing.</param>
    /// <param name="caption">What it shows; it stands above the images, in one line. It may hold ASCII and a few symbols (Greek letters,
    /// arrows, signs); any other letter is drawn as a question mark.</param>
    /// <param name="rowLabels">What each row shows, beside it, in the same letters; null for no labels.</param>
    /// <exception cref="ArgumentException">The shape is another, there is no image, or there are not as many labels as rows.</exception>
    public static ImageGrid Of(Tensor images, int columns = 8, int scale = 2, string caption = "",
        IReadOnlyList<string>? rowLabels = null) => new(GridLayout.Of(images, columns, scale, caption, rowLabels), caption);
}
