using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Images side by side as one PNG picture. In a notebook it shows itself.</summary>
public sealed class ImageGrid
{
    private ImageGrid(byte[] png, int width, int height, int count, string caption)
    {
        Png = png;
        Width = width;
        Height = height;
        Count = count;
        Caption = caption;
    }

    /// <summary>The picture as a PNG file.</summary>
    public byte[] Png { get; }

    /// <summary>The picture's width in pixels.</summary>
    public int Width { get; }

    /// <summary>The picture's height in pixels.</summary>
    public int Height { get; }

    /// <summary>How many images it holds.</summary>
    public int Count { get; }

    /// <summary>What it shows, for readers who do not see the picture.</summary>
    public string Caption { get; }

    /// <summary>Lays images out row by row.</summary>
    /// <param name="images">Shape (N, C, H, W), C = 1 or 3: uint8, or float in [-1, 1] (values outside are clamped). Stays the
    /// caller's.</param>
    /// <param name="columns">Images a row, at least 1.</param>
    /// <param name="scale">Screen pixels for each image pixel, at least 1; no smoothing.</param>
    /// <param name="caption">What it shows.</param>
    /// <exception cref="ArgumentException">The shape is another, or there is no image.</exception>
    public static ImageGrid Of(Tensor images, int columns = 8, int scale = 2, string caption = "")
    {
        var grid = GridLayout.Of(images, columns, scale);
        return new ImageGrid(PngFile.Encode(grid.Pixels, grid.Width, grid.Height, grid.Channels), grid.Width, grid.Height, grid.Count,
            caption);
    }

    /// <summary>Writes the picture beside its final name and renames it.</summary>
    /// <param name="path">A name that ends in <c>.png</c>; its folder is made when it is missing.</param>
    public void Save(string path) => AtomicFile.Write(path, Png);

    /// <inheritdoc/>
    public override string ToString() => $"{(Caption.Length > 0 ? Caption + ": " : "")}{Count} images, {Width} x {Height} pixels";
}
