using System.Globalization;
using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Image grids one after the other as one animated GIF that repeats for ever. In a notebook it shows itself.</summary>
public sealed class GridAnimation
{
    private GridAnimation(byte[] gif, GridLayout layout, int frames, string caption)
    {
        Gif = gif;
        Width = layout.Width;
        Height = layout.Height;
        FrameCount = frames;
        Caption = caption;
    }

    /// <summary>The animation as a GIF file: exact for grey images and wherever all frames have at most 256 colours together, else in 256
    /// colours.</summary>
    public byte[] Gif { get; }

    /// <summary>The picture's width in pixels.</summary>
    public int Width { get; }

    /// <summary>The picture's height in pixels.</summary>
    public int Height { get; }

    /// <summary>How many grids it shows.</summary>
    public int FrameCount { get; }

    /// <summary>What it shows, for readers who do not see the picture.</summary>
    public string Caption { get; }

    /// <summary>Lays every frame's images out as <see cref="ImageGrid.Of"/> does.</summary>
    /// <param name="frames">
    /// At least one; each of the same shape (N, C, H, W), C = 1 or 3: uint8, or float in [-1, 1] (values outside are clamped). They stay
    /// the caller's, and
    /// are read one after the other, so that a sequence may make them on the way.
    /// </param>
    /// <param name="columns">Images a row, at least 1.</param>
    /// <param name="scale">Screen pixels for each image pixel, at least 1; no smoothing.</param>
    /// <param name="frameMilliseconds">How long a frame stands, from 10 to 655,350; GIF counts in steps of 10, and viewers slow down what
    /// is below 20.</param>
    /// <param name="caption">What it shows.</param>
    /// <exception cref="ArgumentException">There is no frame, a shape is none of images or differs from the first one's, or the time is out
    /// of range.</exception>
    public static GridAnimation Of(IEnumerable<Tensor> frames, int columns = 8, int scale = 2, int frameMilliseconds = 200,
        string caption = "")
    {
        ArgumentNullException.ThrowIfNull(frames);
        var layouts = new List<GridLayout>();
        long[] shape = [];
        foreach (var images in frames)
        {
            ArgumentNullException.ThrowIfNull(images, nameof(frames));
            if (layouts.Count > 0 && !images.shape.SequenceEqual(shape))
            {
                throw new ArgumentException($"Frame {layouts.Count} has shape ({string.Join(", ", images.shape)}), but frame 0 has " +
                    $"({string.Join(", ", shape)}); all frames of an animation have one shape.", nameof(frames));
            }

            shape = images.shape;
            layouts.Add(GridLayout.Of(images, columns, scale));
        }

        if (layouts.Count == 0)
        {
            throw new ArgumentException("An animation needs at least one frame.", nameof(frames));
        }

        var gif = GifFile.Encode([.. layouts.Select(l => l.Pixels)], layouts[0].Width, layouts[0].Height, layouts[0].Channels,
            frameMilliseconds);
        return new GridAnimation(gif, layouts[0], layouts.Count, caption);
    }

    /// <summary>Writes the animation beside its final name and renames it.</summary>
    /// <param name="path">A name that ends in <c>.gif</c>; its folder is made when it is missing.</param>
    public void Save(string path) => AtomicFile.Write(path, Gif);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"{(Caption.Length > 0 ? Caption + ": " : "")}{FrameCount} frames, {Width} x {Height} pixels");
}
