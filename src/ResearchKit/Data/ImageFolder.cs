using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Data;

/// <summary>Reads folders of images: PNG, JPEG, WebP, BMP, and the first frame of a GIF.</summary>
/// <remarks>
/// Decoded to the bytes that Pillow's <c>Image.open(path).convert("RGB")</c> gives: no colour management, and no rotation by EXIF where the
/// options do not ask for it. Deviations: transparent parts are laid on white where the options do not say otherwise, and 16-bit grey PNG
/// files are brought to 8 bits by their upper byte, where Pillow clips them. Each real file is read once, whatever links lead to it.
/// </remarks>
public static class ImageFolder
{
    private const int AtOnce = 64;

    private static readonly ParallelOptions Threads = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif"];

    /// <summary>Reads every image of a folder, or, where it holds none itself, of its subfolders as classes.</summary>
    /// <param name="folder">The folder; with <c>:left</c> or <c>:right</c> behind it that half of each image. Images in it: these are read,
    /// in the ordinal order of their names, without labels; subfolders are left alone. No image in it: each subfolder is a class with all
    /// images below it, classes and files in ordinal order (torchvision's <c>ImageFolder</c>). Names that start with a dot are
    /// skipped.</param>
    /// <param name="options">Size, channels and more; left out, the images stay as they are.</param>
    /// <returns>The set, named after the folder; its images are held in memory as uint8. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="DataFileException">The folder is missing or empty, a class is empty, an image cannot be read (unless
    /// <see cref="ImageFolderOptions.OnBroken"/> takes it) or none can, or sizes differ and no size is asked for.</exception>
    /// <exception cref="NativeRuntimeException">SkiaSharp's native library, which decodes, is not there.</exception>
    public static ImageSet Read(string folder, ImageFolderOptions? options = null)
    {
        options ??= new ImageFolderOptions();
        return Open(folder, options, long.MaxValue).Set!;
    }

    /// <summary>Reads every image of a folder, but keeps the pixels only where they are few enough.</summary>
    /// <param name="folder">As for <see cref="Read"/>.</param>
    /// <param name="options">As for <see cref="Read"/>.</param>
    /// <param name="mostBytes">Bytes of pixels, above which they are not kept; the options must then have a size.</param>
    internal static FolderImages Open(string folder, ImageFolderOptions options, long mostBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options.Check();
        (folder, var half) = ImageHalves.Parse(folder);
        options = half == ImageHalf.Whole ? options : options with { Half = half };
        var (files, others, classes) = List(folder);
        files = files[..Math.Min(files.Count, options.MaxCount ?? files.Count)];
        var keep = options.Size is not { } size || files.Count * (long)options.Channels * size * size <= mostBytes;
        using var scope = NewDisposeScope(); // the set takes its tensors out of it; after an error they go with it
        var notes = new ImageNotes(options);
        var (images, kept, sha256) = ReadAll(files, options, keep, classes.Count > 0, notes);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            + ImageHalves.Suffix(options.Half);
        long[]? labels = classes.Count > 0 ? [.. kept.Select(i => files[i].Label)] : null;
        var set = images is null ? null
            : new ImageSet(name, images, labels is null ? null : tensor(labels, ScalarType.Int64), classes);
        return new FolderImages(name, options, [.. kept.Select(i => files[i].Path)], labels, classes, sha256, set)
        {
            Others = others, Notes = notes.Lines,
        };
    }

    /// <summary>Decodes files, some at a time and in parallel, each by one thread.</summary>
    /// <returns>In the files' order: uint8, shape (C, H, W), for the caller to dispose, and what is special about it; or why a file cannot
    /// be read.</returns>
    internal static IReadOnlyList<(Tensor? Image, ImageTraits Traits, DataFileException? Problem)> Decode(IReadOnlyList<string> paths,
        ImageFolderOptions options)
    {
        var decoded = new (Tensor?, ImageTraits, DataFileException?)[paths.Count];
        try
        {
            Parallel.For(0, paths.Count, Threads, i => decoded[i] = One(paths[i]));
        }
        catch (AggregateException e)
        {
            Array.ForEach(decoded, d => d.Item1?.Dispose());
            ExceptionDispatchInfo.Capture(e.InnerExceptions.OrderBy(p => p.Message, StringComparer.Ordinal).First()).Throw();
        }

        return decoded;

        (Tensor?, ImageTraits, DataFileException?) One(string path)
        {
            var threads = get_num_threads();
            CpuThreads.Use(1); // an image is too small to share: waiting for each other costs more, very much more on a busy machine
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            try
            {
                // only what is broken is a problem of its own: an image of a wrong size is whole, and leaving it out would be a choice
                return ReadOrWhy(path) is var (read, traits, problem) && read is not null
                    ? (Sized(ImageHalves.Cut(read, path, options.Half), path, options).contiguous().DetachFromDisposeScope(), traits, null)
                    : (null, ImageTraits.None, problem);
            }
            finally
            {
                CpuThreads.Use(threads);
            }
        }

        (Tensor? Read, ImageTraits Traits, DataFileException? Problem) ReadOrWhy(string path)
        {
            try
            {
                var (image, traits) = ImageFile.Read(path, options);
                return (image, traits, null);
            }
            catch (DataFileException e)
            {
                return (null, ImageTraits.None, e);
            }
        }
    }

    private static (Tensor? Images, List<int> Kept, string Sha256) ReadAll(List<(string Path, long Label)> files,
        ImageFolderOptions options, bool keep, bool hasLabels, ImageNotes notes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Tensor? images = null;
        long[]? shape = null;
        var kept = new List<int>();
        for (var start = 0; start < files.Count; start += AtOnce)
        {
            using var some = NewDisposeScope(); // images of any size: some at a time in memory
            var chunk = files.GetRange(start, Math.Min(AtOnce, files.Count - start));
            foreach (var (j, (image, traits, problem)) in Decode([.. chunk.Select(f => f.Path)], options).Index())
            {
                var i = start + j;
                if (image is not null)
                {
                    notes.Add(image, traits);
                    Take(i, image);
                    image.Dispose();
                }
                else if (options.OnBroken is null)
                {
                    throw problem!;
                }
                else
                {
                    options.OnBroken(problem!);
                }

                options.Progress?.Invoke(i + 1, files.Count);
            }
        }

        if (kept.Count == 0)
        {
            throw new DataFileException(Path.GetDirectoryName(files[0].Path)!,
                $"not one of its {files.Count} images can be read; the first is {files[0].Path}.");
        }

        if (hasLabels)
        {
            hash.AppendData(MemoryMarshal.AsBytes<long>(kept.Select(i => files[i].Label).ToArray()));
        }

        var all = images is null || kept.Count == files.Count ? images : images.narrow(0, 0, kept.Count).clone();
        return (all, kept, Convert.ToHexStringLower(hash.GetHashAndReset()));

        void Take(int i, Tensor image)
        {
            shape ??= image.shape;
            if (!image.shape.AsSpan().SequenceEqual(shape))
            {
                throw new DataFileException(files[i].Path,
                    $"is {Describe(image.shape)} pixels, but {files[kept[0]].Path} is {Describe(shape)}; set " +
                    $"{nameof(ImageFolderOptions)}.{nameof(ImageFolderOptions.Size)} to bring all to one size.");
            }

            hash.AppendData(image.bytes);
            if (keep)
            {
                images ??= empty([files.Count, .. image.shape], ScalarType.Byte).MoveToOuterDisposeScope();
                images[kept.Count].copy_(image);
            }

            kept.Add(i);
        }
    }

    /// <summary>Whether a text names a folder, or a half of the images of one.</summary>
    /// <param name="text">A path, which may end in <c>:left</c> or <c>:right</c>.</param>
    public static bool Exists(string text) => Directory.Exists(ImageHalves.Parse(text).Folder);

    private static Tensor Sized(Tensor image, string path, ImageFolderOptions options) =>
        options.Size is not { } size ? image : ImageScaling.Apply(image, size, options)
            ?? throw new DataFileException(path, $"is {Describe(image.shape)} pixels, too small to cut {size} x {size} out of it; " +
                $"choose a smaller {nameof(ImageFolderOptions.Size)} or another {nameof(ImageFolderOptions.Fit)} than " +
                $"{nameof(ImageFit.CropOnly)}.");

    /// <summary>What a folder holds: its images with their labels, its other files in a line for each kind, its classes.</summary>
    /// <exception cref="DataFileException">It is missing, holds no image, or a class is empty.</exception>
    internal static (List<(string Path, long Label)> Files, List<string> Others, List<string> Classes) List(string folder)
    {
        folder = ImageHalves.Parse(folder).Folder;
        try
        {
            var walk = new FolderWalk(folder);
            if (walk.Files() is var top && top.Where(IsImage).ToList() is { Count: > 0 } own)
            {
                var below = walk.Subfolders().Sum(f => walk.FilesBelow(f).Count(IsImage));
                return ([.. own.Select(p => (p, 0L))], below == 0 ? Kinds(top)
                    : [.. Kinds(top), $"{below} images in sub-folders, which are no classes, because the folder holds images itself."], []);
            }

            var subfolders = walk.Subfolders().ToList();
            var files = subfolders.ConvertAll(walk.FilesBelow);
            var images = files.Select(f => f.Where(IsImage).ToList()).ToList();
            if (images.Sum(p => p.Count) == 0)
            {
                throw new DataFileException(folder,
                    $"holds no image, neither itself nor in subfolders; images are files that end in {Endings}.");
            }

            return images.FindIndex(p => p.Count == 0) is >= 0 and var empty
                ? throw new DataFileException(subfolders[empty],
                    "holds no image, but its neighbours do, and each subfolder is a class; remove it or put images in.")
                : (images.SelectMany((p, label) => p.Select(path => (path, (long)label))).ToList(),
                    Kinds([.. top, .. files.SelectMany(f => f)]),
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

    /// <summary>Whether a file's name ends as an image's.</summary>
    internal static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static List<string> Kinds(List<string> files) =>
        [.. files.Where(f => !IsImage(f)).GroupBy(f => Path.GetExtension(f).ToLowerInvariant())
            .OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => $"{kind.Count()} {(kind.Count() == 1 ? "file" : "files")} with the ending '{kind.Key}', as " +
                $"{Path.GetFileName(kind.First())}: files are read that end in {Endings}.")];

    private static string Endings => $"{string.Join(", ", Extensions[..^1])} or {Extensions[^1]}";

    private static string Describe(long[] shape) => $"{shape[2]} x {shape[1]}";
}
