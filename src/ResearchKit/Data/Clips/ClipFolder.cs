using System.Text.RegularExpressions;
using ResearchKit.Files;

namespace ResearchKit.Data.Clips;

/// <summary>Reads a folder of clips: each GIF in it or below is one, and the other images of each folder below it are the frames of
/// one.</summary>
/// <remarks>Frames come in the ordinal order of their names, numbers by their value: <c>2.png</c> before <c>10.png</c>. A longer clip gives
/// its first frames, a shorter one is left out. Each frame is read and brought to a square as <see cref="ImageFolder"/> does.</remarks>
public static class ClipFolder
{
    /// <summary>Behind a folder's name: it holds clips.</summary>
    public const string Suffix = ":clips";

    private const string Animation = ".gif";

    /// <summary>Reads the clips of a folder in the ordinal order of their paths.</summary>
    /// <param name="folder">The folder; <see cref="Suffix"/> may stand behind it.</param>
    /// <param name="frames">Frames of each clip, at least 1.</param>
    /// <param name="options">How frames become images; the size must be set.</param>
    /// <param name="step">Takes every so many-th frame, at least 1.</param>
    /// <param name="progress">Told how many clips are read, of how many.</param>
    /// <returns>The clips that can be read and are long enough; the others are in <see cref="ClipSet.LeftOut"/>. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of range, or there is no size.</exception>
    /// <exception cref="DataFileException">There is no such folder, or no clip in it that serves.</exception>
    public static ClipSet Read(string folder, int frames, ImageFolderOptions options, int step = 1, Action<int, int>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        options.Check();
        var size = options.Size ?? throw new ArgumentException("Clips are brought to one size: set Size.", nameof(options));
        folder = folder.EndsWith(Suffix, StringComparison.Ordinal) ? folder[..^Suffix.Length] : folder;
        var (found, others) = List(folder);
        using var scope = NewDisposeScope();
        var (clips, left, shorter) = (new List<Tensor>(), new List<string>(), new List<(string Name, int Frames)>());
        foreach (var (i, clip) in found.Index())
        {
            try
            {
                using var each = NewDisposeScope();
                var read = FramesOf(clip, ((frames - 1) * step) + 1, step, options, each);
                if (read.Count < frames)
                {
                    shorter.Add((clip.Name, read.Count));
                }
                else if (read.FirstOrDefault(f => !f.shape.SequenceEqual(read[0].shape)) is { } other)
                {
                    throw new DataFileException(clip.Path, $"its frames have different sizes, {Pixels(read[0])} and {Pixels(other)} " +
                        "pixels; bring them to one size, or take the clip out.");
                }
                else
                {
                    clips.Add(stack(read.Select(f => Sized(f, clip.Path, size, options)), 1).MoveToOuterDisposeScope()); // (C, T, S, S)
                }
            }
            catch (DataFileException e)
            {
                left.Add(e.Message);
            }

            progress?.Invoke(i + 1, found.Count);
        }

        if (clips.Count == 0)
        {
            var every = step == 1 ? "" : $" when one of {step} is taken";
            var (name, most) = shorter.OrderByDescending(s => s.Frames).FirstOrDefault();
            throw new DataFileException(folder, shorter.Count > 0
                ? $"not one of its {found.Count} clips has {frames} frames{every}; the longest, {name}, has {most}: take fewer (frames)."
                : $"not one of its {found.Count} clips can be read; the first: {left[0]}");
        }

        if (shorter.Count > 0)
        {
            left.Insert(0, $"{shorter.Count} {(shorter.Count == 1 ? "clip" : "clips")} of fewer than {frames} frames, as " +
                $"{shorter[0].Name} with {shorter[0].Frames}; a smaller number of frames takes them in.");
        }

        return new ClipSet(folder, stack(clips)) { LeftOut = [.. left, .. others] }; // (N, C, T, S, S)
    }

    private sealed record Clip(string Name, string Path, IReadOnlyList<string>? Frames); // no frames: one file

    private static (List<Clip> Clips, List<string> Others) List(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DataFileException(folder, File.Exists(folder) ? "this is a file; name the folder that holds the clips."
                : "there is no such folder.");
        }

        var walk = new FolderWalk(folder);
        var top = walk.Files();
        var below = walk.Subfolders().Select(f => (Folder: f, Files: walk.FilesBelow(f))).ToList();
        var files = below.SelectMany(b => b.Files).ToList();
        var clips = top.Concat(files).Where(IsAnimation).Select(f => new Clip(Relative(f), f, null))
            .Concat(files.Where(IsFrame).GroupBy(f => Path.GetDirectoryName(f)!).Select(g => new Clip(Relative(g.Key), g.Key,
                [.. g.OrderBy(f => InOrder(Path.GetFileName(f)), StringComparer.Ordinal)])))
            .OrderBy(c => c.Name, StringComparer.Ordinal).ToList();
        if (clips.Count == 0)
        {
            throw new DataFileException(folder, "holds no clips; a clip is a GIF, or a folder in it with the frames as images.");
        }

        var others = below.Where(b => !b.Files.Exists(ImageFolder.IsImage)).Select(b => $"{b.Folder}: holds no image.").ToList();
        var stills = top.Count(IsFrame);
        if (stills > 0)
        {
            others.Add($"{stills} images beside the folders, which are no clips: frames lie in a folder of their own for each clip.");
        }

        return (clips, others);

        string Relative(string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
    }

    private static bool IsAnimation(string path) => path.EndsWith(Animation, StringComparison.OrdinalIgnoreCase);

    private static bool IsFrame(string path) => ImageFolder.IsImage(path) && !IsAnimation(path);

    // Numbers of one length sort by their value.
    private static string InOrder(string name) => Regex.Replace(name, "[0-9]+", number => number.Value.PadLeft(20, '0'));

    // Of the first so many frames every so many-th, as they are stored; of a clip that is too short, fewer.
    private static IReadOnlyList<Tensor> FramesOf(Clip clip, int most, int step, ImageFolderOptions options, DisposeScope scope)
    {
        if (clip.Frames is null)
        {
            return [.. ImageFile.ReadFrames(clip.Path, options, most).Images.Where((_, i) => i % step == 0)];
        }

        var read = ImageFolder.Decode([.. clip.Frames.Take(most).Where((_, i) => i % step == 0)], options with { Size = null });
        scope.Attach(read.Select(r => r.Image).OfType<Tensor>());
        return read.Select(r => r.Problem).FirstOrDefault(p => p is not null) is { } problem ? throw problem
            : [.. read.Select(r => r.Image!)];
    }

    private static Tensor Sized(Tensor image, string path, int size, ImageFolderOptions options) =>
        ImageScaling.Apply(image, size, options) ?? throw new DataFileException(path,
            $"its frames are {Pixels(image)} pixels, too small to cut {size} x {size} out of them; choose a smaller size or another fit.");

    private static string Pixels(Tensor image) => $"{image.shape[2]} x {image.shape[1]}";
}
