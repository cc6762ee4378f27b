using ResearchKit.Data;
using static TorchSharp.torch;

namespace ResearchKit.Imaging;

/// <summary>Images side by side as one PNG picture. In a notebook it shows itself.</summary>
public sealed class ImageGrid
{
    private const byte Background = 255;

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
    /// <param name="images">Shape (N, C, H, W), C = 1 or 3: uint8, or float in [-1, 1] (values outside are clamped). Stays the caller's.</param>
    /// <param name="columns">Images a row, at least 1.</param>
    /// <param name="scale">Screen pixels for each image pixel, at least 1; no smoothing.</param>
    /// <param name="caption">What it shows.</param>
    /// <exception cref="ArgumentException">The shape is another, or there is no image.</exception>
    public static ImageGrid Of(Tensor images, int columns = 8, int scale = 2, string caption = "")
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        if (images.dim() != 4 || images.shape[0] < 1 || images.shape[1] is not (1 or 3))
        {
            throw new ArgumentException($"An image grid takes shape (N, C, H, W) with N >= 1 and C = 1 or 3, not ({string.Join(", ", images.shape)}).", nameof(images));
        }

        int count = (int)images.shape[0], channels = (int)images.shape[1], height = (int)images.shape[2], width = (int)images.shape[3];
        columns = Math.Min(columns, count);
        var rows = (count + columns - 1) / columns;
        var gap = Math.Max(1, scale);
        int cellWidth = width * scale + gap, cellHeight = height * scale + gap;
        int gridWidth = columns * cellWidth + gap, gridHeight = rows * cellHeight + gap;
        var pixels = new byte[gridWidth * gridHeight * channels];
        Array.Fill(pixels, Background);
        var source = Bytes(images); // N, H, W, C
        for (var i = 0; i < count; i++)
        {
            int left = gap + i % columns * cellWidth, top = gap + i / columns * cellHeight;
            for (var y = 0; y < height * scale; y++)
            {
                for (var x = 0; x < width * scale; x++)
                {
                    var from = ((i * height + y / scale) * width + x / scale) * channels;
                    source.AsSpan(from, channels).CopyTo(pixels.AsSpan(((top + y) * gridWidth + left + x) * channels));
                }
            }
        }

        return new ImageGrid(PngFile.Encode(pixels, gridWidth, gridHeight, channels), gridWidth, gridHeight, count, caption);
    }

    /// <summary>Writes the picture beside its final name and renames it.</summary>
    /// <param name="path">A name that ends in <c>.png</c>; its folder is made when it is missing.</param>
    public void Save(string path) => AtomicFile.Write(path, Png);

    /// <inheritdoc/>
    public override string ToString() => $"{(Caption.Length > 0 ? Caption + ": " : "")}{Count} images, {Width} x {Height} pixels";

    private static byte[] Bytes(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bytes = images.dtype == ScalarType.Byte ? images : PixelValues.ToBytes(images);
        return bytes.cpu().permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
    }
}
