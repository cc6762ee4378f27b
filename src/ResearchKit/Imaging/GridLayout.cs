using ResearchKit.Data;
using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Images side by side in one block of pixels: the layout that grids and animations share.</summary>
/// <param name="Pixels">Row by row from the top, channels interleaved.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Count">How many images it holds.</param>
internal sealed record GridLayout(byte[] Pixels, int Width, int Height, int Channels, int Count)
{
    private const byte Background = 255;
    private const int Margin = 4; // around words, in pixels

    /// <summary>Lays images out row by row, on white.</summary>
    /// <inheritdoc cref="ImageGrid.Of"/>
    public static GridLayout Of(Tensor images, int columns, int scale, string caption = "", IReadOnlyList<string>? rowLabels = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        if (images.dim() != 4 || images.shape[0] < 1 || images.shape[1] is not (1 or 3))
        {
            throw new ArgumentException($"An image grid takes shape (N, C, H, W) with N >= 1 and C = 1 or 3, not " +
                $"{TensorShape.Show(images.shape)}.", nameof(images));
        }

        int count = (int)images.shape[0], channels = (int)images.shape[1], height = (int)images.shape[2], width = (int)images.shape[3];
        columns = Math.Min(columns, count);
        var rows = (count + columns - 1) / columns;
        int cellWidth = (width + 1) * scale, cellHeight = (height + 1) * scale; // with a gap of one image pixel
        if (rowLabels is not null && rowLabels.Count != rows)
        {
            throw new ArgumentException($"{count} images in {columns} columns are {rows} rows; {rowLabels.Count} labels were given.",
                nameof(rowLabels));
        }

        var labelWidth = rowLabels is null ? 0 : rowLabels.Max(Lettering.Width) + 2 * Margin;
        var captionHeight = caption.Length == 0 ? 0 : Lettering.Height + Margin;
        var gridWidth = Math.Max(labelWidth + columns * cellWidth + scale, caption.Length == 0 ? 0 : Lettering.Width(caption) + 2 * Margin);
        var lastLabel = rowLabels is null ? 0 : (rows - 1) * cellHeight + Lettering.Height; // may be higher than a small image
        var gridHeight = captionHeight + Math.Max(rows * cellHeight + scale, lastLabel);
        var pixels = new byte[gridWidth * gridHeight * channels];
        Array.Fill(pixels, Background);
        var source = Bytes(images); // N, H, W, C
        for (var i = 0; i < count; i++)
        {
            int left = labelWidth + scale + i % columns * cellWidth, top = captionHeight + scale + i / columns * cellHeight;
            for (var y = 0; y < height * scale; y++)
            {
                for (var x = 0; x < width * scale; x++)
                {
                    var from = ((i * height + y / scale) * width + x / scale) * channels;
                    source.AsSpan(from, channels).CopyTo(pixels.AsSpan(((top + y) * gridWidth + left + x) * channels));
                }
            }
        }

        Lettering.Draw(pixels, gridWidth, channels, Margin, Margin / 2, caption);
        foreach (var (row, label) in (rowLabels ?? []).Index())
        {
            var top = captionHeight + row * cellHeight + Math.Max(0, (cellHeight - Lettering.Height) / 2);
            Lettering.Draw(pixels, gridWidth, channels, labelWidth - Margin - Lettering.Width(label), top, label);
        }

        return new GridLayout(pixels, gridWidth, gridHeight, channels, count);
    }

    private static byte[] Bytes(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bytes = images.dtype == ScalarType.Byte ? images : PixelValues.ToBytes(images);
        return bytes.cpu().permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
    }
}
