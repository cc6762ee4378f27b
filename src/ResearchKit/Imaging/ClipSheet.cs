using System.Globalization;
using ResearchKit.Data.Clips;
using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Clips to look at: frame by frame side by side, or as a film that plays.</summary>
public static class ClipSheet
{
    /// <summary>Lays clips out as strips of film: each row is a clip, its frames from left to right.</summary>
    /// <param name="set">The clips; stay the caller's.</param>
    /// <param name="caption">What they are, as in <see cref="ImageGrid.Of"/>.</param>
    /// <param name="rowLabels">What each row shows, likewise.</param>
    /// <param name="scale">Screen pixels for each pixel of a frame, at least 1.</param>
    public static ImageGrid Strip(ClipSet set, string caption = "", IReadOnlyList<string>? rowLabels = null, int scale = 2)
    {
        using var scope = NewDisposeScope();
        return ImageGrid.Of(set.Clips.transpose(1, 2).flatten(0, 1), set.Frames, scale, caption, rowLabels); // (N T, C, H, W)
    }

    /// <summary>Lets clips play beside each other, again and again.</summary>
    /// <param name="set">The clips; stay the caller's.</param>
    /// <param name="columns">Clips a row, at least 1; null for as many as there are rows.</param>
    /// <param name="caption">What they are.</param>
    /// <param name="frameMilliseconds">How long a frame stands, from 10 to 65,535.</param>
    /// <param name="scale">Screen pixels for each pixel of a frame, at least 1.</param>
    public static GridAnimation Film(ClipSet set, int? columns = null, string caption = "", int frameMilliseconds = 100, int scale = 2) =>
        GridAnimation.Of(Frames(set), columns ?? (int)Math.Ceiling(Math.Sqrt(set.Count)), scale, frameMilliseconds, caption);

    /// <summary>Writes each clip as a folder of PNG files, <c>000000/000.png</c>, <c>000000/001.png</c>, ..., as
    /// <see cref="ClipFolder"/> reads them; each file whole or not at all.</summary>
    /// <param name="set">The clips; stay the caller's.</param>
    /// <param name="folder">The folder; it is made when it is missing, and files of the same names are replaced.</param>
    /// <param name="cancellation">Ends the work between two files with an <see cref="OperationCanceledException"/>.</param>
    public static void Write(ClipSet set, string folder, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var rows = set.Clips.cpu().permute(0, 2, 3, 4, 1).contiguous(); // (N, T, H, W, C)
        for (var i = 0L; i < set.Count; i++)
        {
            for (var t = 0L; t < set.Frames; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var image = rows[i, t]; // (H, W, C)
                AtomicFile.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i:D6}"),
                    string.Create(CultureInfo.InvariantCulture, $"{t:D3}.png")),
                    PngFile.Encode(image.data<byte>().ToArray(), set.Width, set.Height, set.Channels));
            }
        }
    }

    private static IEnumerable<Tensor> Frames(ClipSet set)
    {
        for (var t = 0; t < set.Frames; t++)
        {
            using var frame = set.Frame(t);
            yield return frame;
        }
    }
}
