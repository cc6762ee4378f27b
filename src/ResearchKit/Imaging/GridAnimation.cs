namespace ResearchKit.Imaging;

/// <summary>Image grids one after the other as one animated PNG that repeats for ever, every pixel exact. In a notebook it shows
/// itself.</summary>
/// <remarks>Browsers, VS Code and GitHub play it; other viewers show the last frame.</remarks>
public sealed class GridAnimation : CaptionedImage
{
    private GridAnimation(byte[] png, GridLayout layout, int frames, string caption)
        : base(png, layout, caption) => FrameCount = frames;

    /// <summary>How many grids it shows.</summary>
    public int FrameCount { get; }

    private protected override string Content => $"{FrameCount} frames";

    /// <summary>Lays every frame's images out as <see cref="ImageGrid.Of"/> does.</summary>
    /// <param name="frames">At least one; each of the same shape (N, C, H, W), C = 1 or 3: uint8, or float in [-1, 1] (values outside are
    /// clamped). They stay the caller's, and are read one after the other, so that a sequence may make them on the way.</param>
    /// <param name="columns">Images a row, at least 1.</param>
    /// <param name="scale">Screen pixels for each image pixel, at least 1; no smoothing.</param>
    /// <param name="frameMilliseconds">How long a frame stands, from 10 to 65,535.</param>
    /// <param name="caption">What it shows; it stands above the images in each frame.</param>
    /// <exception cref="ArgumentException">There is no frame, a shape is none of images or differs from the first one's, or the time is out
    /// of range.</exception>
    public static GridAnimation Of(IEnumerable<Tensor> frames, int columns = 8, int scale = 2, int frameMilliseconds = 200,
        string caption = "")
    {
        var layouts = new List<GridLayout>();
        long[] shape = [];
        foreach (var images in frames)
        {
            if (layouts.Count > 0 && !images.shape.SequenceEqual(shape))
            {
                throw new ArgumentException($"Frame {layouts.Count} has shape ({string.Join(", ", images.shape)}), but frame 0 has " +
                    $"({string.Join(", ", shape)}); all frames of an animation have one shape.", nameof(frames));
            }

            shape = images.shape;
            layouts.Add(GridLayout.Of(images, columns, scale, caption));
        }

        var first = layouts.FirstOrDefault() ?? throw new ArgumentException("An animation needs at least one frame.", nameof(frames));
        var png = PngFile.EncodeAnimation([.. layouts.Select(l => l.Pixels)], first.Width, first.Height, first.Channels, frameMilliseconds);
        return new GridAnimation(png, first, layouts.Count, caption);
    }
}
