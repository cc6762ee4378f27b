using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Data;

/// <summary>Reads a folder of PNG and JPEG images into one set.</summary>
/// <remarks>
/// Decoded to the bytes that Pillow's <c>Image.open(path).convert("RGB")</c> gives: no colour management, no rotation by EXIF. Deviation:
/// 16-bit grey PNG files are brought to 8 bits by their upper byte, where Pillow clips them.
/// </remarks>
public static class ImageFolder
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Reads every image of a folder, or, where it holds none itself, of its subfolders as classes.</summary>
    /// <param name="folder">Images in it: these are read, in the ordinal order of their names, without labels; subfolders are left alone.
    /// No image in it: each subfolder is a class with all images below it, classes and files in ordinal order (torchvision's
    /// <c>ImageFolder</c>). Names that start with a dot are skipped.</param>
    /// <param name="options">Size, channels and more; left out, the images stay as they are.</param>
    /// <returns>The set, named after the folder; its images are held in memory as uint8. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="DataFileException">The folder is missing or empty, a class is empty, an image cannot be read (unless
    /// <see cref="ImageFolderOptions.OnBroken"/> takes it) or none can, or sizes differ and no size is asked for.</exception>
    /// <exception cref="NativeRuntimeException">SkiaSharp's native library, which decodes, is not there.</exception>
    public static ImageSet Read(string folder, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new ImageFolderOptions();
        options.Check();
        var (files, classes) = Find(folder);
        files = files[..Math.Min(files.Count, options.MaxCount ?? files.Count)];

        using var scope = NewDisposeScope(); // the set takes its tensors out of it; after an error they go with it
        var threads = get_num_threads();
        try
        {
            CpuThreads.Use(1); // an image is too small to share: waiting for each other costs more, and very much more on a busy machine
            var (images, kept) = ReadAll(files, options);
            var labels = classes.Count > 0 ? tensor(kept.Select(i => files[i].Label).ToArray(), ScalarType.Int64) : null;
            return new ImageSet(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), images, labels, classes);
        }
        finally
        {
            CpuThreads.Use(threads);
        }
    }

    private static (Tensor Images, List<int> Kept) ReadAll(List<(string Path, long Label)> files, ImageFolderOptions options)
    {
        using var noGrad = no_grad();
        Tensor? images = null;
        var kept = new List<int>();
        for (var i = 0; i < files.Count; i++)
        {
            using var one = NewDisposeScope(); // images of any size: one at a time in memory
            if (ReadOrSkip(files[i].Path, options) is { } read)
            {
                var image = Sized(read, files[i].Path, options);
                images ??= empty([files.Count, .. image.shape], ScalarType.Byte).MoveToOuterDisposeScope();
                if (!image.shape.AsSpan().SequenceEqual(images.shape.AsSpan(1)))
                {
                    throw new DataFileException(files[i].Path,
                        $"is {Describe(image.shape)} pixels, but {files[kept[0]].Path} is {Describe(images.shape[1..])}; set " +
                        $"{nameof(ImageFolderOptions)}.{nameof(ImageFolderOptions.Size)} to bring all to one size.");
                }

                images[kept.Count].copy_(image);
                kept.Add(i);
            }

            options.Progress?.Invoke(i + 1, files.Count);
        }

        return kept.Count > 0
            ? (kept.Count < files.Count ? images!.narrow(0, 0, kept.Count).clone() : images!, kept)
            : throw new DataFileException(Path.GetDirectoryName(files[0].Path)!,
                $"not one of its {files.Count} images can be read; the first is {files[0].Path}.");
    }

    // Only images that are broken may be skipped; one that has a wrong size is whole, and leaving it out would be a choice.
    private static Tensor? ReadOrSkip(string path, ImageFolderOptions options)
    {
        try
        {
            return ImageFile.Read(path, options.Channels, options.Alpha);
        }
        catch (DataFileException e) when (options.OnBroken is not null)
        {
            options.OnBroken(e);
            return null;
        }
    }

    private static Tensor Sized(Tensor image, string path, ImageFolderOptions options) =>
        options.Size is not { } size ? image : ImageScaling.Apply(image, size, options)
            ?? throw new DataFileException(path, $"is {Describe(image.shape)} pixels, too small to cut {size} x {size} out of it; " +
                $"choose a smaller {nameof(ImageFolderOptions.Size)} or another {nameof(ImageFolderOptions.Fit)} than " +
                $"{nameof(ImageFit.CropOnly)}.");

    private static (List<(string Path, long Label)> Files, List<string> Classes) Find(string folder)
    {
        try
        {
            if (ImagesIn(folder, SearchOption.TopDirectoryOnly) is { Count: > 0 } own)
            {
                return ([.. own.Select(p => (p, 0L))], []);
            }

            var subfolders = Directory.GetDirectories(folder).Where(f => !Path.GetFileName(f).StartsWith('.'))
                .Order(StringComparer.Ordinal).ToList();
            var images = subfolders.Select(f => ImagesIn(f, SearchOption.AllDirectories)).ToList();
            if (images.Sum(p => p.Count) == 0)
            {
                throw new DataFileException(folder,
                    "holds no image, neither itself nor in subfolders; images are files that end in .png, .jpg or .jpeg.");
            }

            return images.FindIndex(p => p.Count == 0) is >= 0 and var empty
                ? throw new DataFileException(subfolders[empty],
                    "holds no image, but its neighbours do, and each subfolder is a class; remove it or put images in.")
                : (images.SelectMany((p, label) => p.Select(path => (path, (long)label))).ToList(),
                    subfolders.ConvertAll(f => Path.GetFileName(f)));
        }
        catch (Exception e) when (e is DirectoryNotFoundException || File.Exists(folder))
        {
            throw new DataFileException(folder,
                File.Exists(folder) ? "this is a file; name the folder that holds the images." : "no such folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(folder, $"the folder cannot be read ({e.Message}).", e);
        }
    }

    private static List<string> ImagesIn(string folder, SearchOption depth) =>
        [.. Directory.EnumerateFiles(folder, "*", depth)
            .Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase) && !Path.GetRelativePath(folder, f)
                .Split(Path.DirectorySeparatorChar).Any(n => n.StartsWith('.')))
            .OrderBy(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/'), StringComparer.Ordinal)];

    private static string Describe(long[] shape) => $"{shape[2]} x {shape[1]}";
}
