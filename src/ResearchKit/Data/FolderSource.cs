using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>The images of a folder, decoded while they are needed, ahead and in parallel: a folder of any size takes the memory of some
/// batches.</summary>
/// <remarks>Subfolders and what is read: <see cref="ImageFolder"/>.</remarks>
public sealed class FolderSource : IImageSource
{
    private const int AtOnce = 64;

    private readonly string _folder;
    private readonly ImageFolderOptions _options;
    private readonly IReadOnlyList<string> _others;
    private readonly List<string> _classes;
    private List<(string Path, long Label)> _files;
    private ImageNotes _notes;
    private int _broken;
    private int _asked;

    /// <summary>Lists a folder's files; none is opened.</summary>
    /// <param name="folder">The folder, or one with <c>:left</c> or <c>:right</c> behind it for that half of each image.</param>
    /// <param name="options">How its images are read. Without a size they come in their own, and may differ.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="DataFileException">It is missing, holds no image, or a class is empty.</exception>
    public FolderSource(string folder, ImageFolderOptions options)
    {
        options.Check();
        var half = ImageHalves.Parse(folder).Half;
        (_folder, _options, _notes) = (folder, half == ImageHalf.Whole ? options : options with { Half = half }, new ImageNotes(options));
        (_files, _others, _classes) = ImageFolder.List(folder);
        _files = _files[..Math.Min(_files.Count, options.MaxCount ?? _files.Count)];
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public long Count => _files.Count;

    /// <summary>Whether its subfolders are classes.</summary>
    public bool HasClasses => _classes.Count > 0;

    /// <inheritdoc/>
    /// <remarks>Null once an image was left out.</remarks>
    public IReadOnlyList<string>? ClassOfEach => HasClasses && _broken == 0 ? _files.ConvertAll(f => _classes[(int)f.Label]) : null;

    /// <inheritdoc/>
    public string Reading => $"transparency {(_options.Alpha == AlphaHandling.OnWhite ? "on white" : "dropped")}, orientation " +
        $"{(_options.Orientation == ImageOrientation.Exif ? "by EXIF" : "as stored")}" +
        (_options.Half == ImageHalf.Whole ? "" : $", half {ImageHalves.Suffix(_options.Half)}") +
        (_options.Size is { } size ? $", {size} x {size} by {_options.Fit.ToString().ToLowerInvariant()}" : "");

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes =>
        [.. _broken == 0 ? (string[])[] : [$"{_broken} of {_asked} images could not be read: left out."], .. _notes.Lines,
            .. _others];

    /// <summary>Whether one of some 64 images, spread over the folder, has a pixel that is not grey.</summary>
    public bool LooksColoured()
    {
        string[] some = [.. ImageSet.Spread(Count).Select(i => _files[(int)i].Path)];
        var decoded = ImageFolder.Decode(some, _options with { Size = null, Channels = 3 });
        foreach (var (image, _, _) in decoded)
        {
            image?.Dispose();
        }

        return decoded.Any(d => d.Traits.HasFlag(ImageTraits.Colour));
    }

    /// <inheritdoc/>
    /// <remarks>The SHA-256 of the files' bytes, in order, and the rules of their reading.</remarks>
    public string Key
    {
        get
        {
            using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var broken = _options.OnBroken is null ? "refused" : "left out";
            all.AppendData(Encoding.UTF8.GetBytes(
                $"{Reading}, {_options.Channels} channels, {_options.Filter}, {_options.PadColor}, broken ones {broken}"));
            foreach (var (path, _) in _files)
            {
                all.AppendData(HashOf(path));
            }

            return "files " + Convert.ToHexStringLower(all.GetHashAndReset());
        }
    }

    /// <inheritdoc/>
    /// <remarks>The SHA-256 of the files' names below the folder and of their lengths, in order.</remarks>
    public string Listing
    {
        get
        {
            using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var root = ImageHalves.Parse(_folder).Folder;
            foreach (var (path, _) in _files)
            {
                var name = Path.GetRelativePath(root, path).Replace('\\', '/');
                all.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{LengthOf(path)}\n")));
            }

            return "names and lengths " + Convert.ToHexStringLower(all.GetHashAndReset());
        }
    }

    /// <summary>Leaves only some images, chosen by chance (always the same ones) and fairly to the classes, in their order.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 1 to <see cref="Count"/>.</exception>
    public void Take(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        var labels = HasClasses ? _files.ConvertAll(f => f.Label) : null;
        _files = [.. SampleClasses.FairOrder(labels, Count, seed: 0)[..(int)count].Order().Select(i => _files[(int)i])];
    }

    /// <inheritdoc/>
    /// <exception cref="DataFileException">An image cannot be read (unless <see cref="ImageFolderOptions.OnBroken"/> takes it), or none
    /// can.</exception>
    public IEnumerable<Tensor> Read(int atMost, Range? part = null, CancellationToken cancellation = default)
    {
        var files = _files[part ?? Range.All];
        (_notes, _broken, _asked) = (new ImageNotes(_options), 0, files.Count); // each time anew
        var read = 0;
        var next = Begin(files, 0);
        try
        {
            for (var start = 0; start < files.Count; start += AtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                var decoded = next.GetAwaiter().GetResult();
                next = Begin(files, start + AtOnce);
                var images = Whole(decoded).ToList();
                read += images.Count;
                foreach (var batch in Runs(images, atMost))
                {
                    using (batch)
                    {
                        yield return batch;
                    }
                }
            }
        }
        finally
        {
            next.ContinueWith(left => left.Result.ToList().ForEach(d => d.Image?.Dispose()), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }

        if (read == 0)
        {
            throw new DataFileException(_folder, $"not one of its {files.Count} images can be read; the first is {files[0].Path}.");
        }
    }

    private Task<IReadOnlyList<(Tensor? Image, ImageTraits Traits, DataFileException? Problem)>> Begin(
        List<(string Path, long Label)> files, int start)
    {
        string[] paths = [.. files.Skip(start).Take(AtOnce).Select(f => f.Path)];
        return Task.Run(() => ImageFolder.Decode(paths, _options));
    }

    private IEnumerable<Tensor> Whole(IReadOnlyList<(Tensor? Image, ImageTraits Traits, DataFileException? Problem)> decoded)
    {
        foreach (var (image, traits, problem) in decoded)
        {
            if (image is not null)
            {
                _notes.Add(image, traits);
                yield return image;
            }
            else if (_options.OnBroken is { } tell)
            {
                _broken++;
                tell(problem!);
            }
            else
            {
                throw problem!;
            }
        }
    }

    // Neighbours of one size become a batch; the images are disposed.
    private static IEnumerable<Tensor> Runs(List<Tensor> images, int atMost)
    {
        for (var start = 0; start < images.Count;)
        {
            var run = images.Skip(start).TakeWhile(i => i.shape.AsSpan().SequenceEqual(images[start].shape)).Take(atMost).ToList();
            start += run.Count;
            var batch = stack(run); // (B, C, H, W)
            run.ForEach(i => i.Dispose());
            yield return batch;
        }
    }

    private static long LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -1; // reading it will say what is wrong
        }
    }

    private static byte[] HashOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Encoding.UTF8.GetBytes(path); // reading it will say what is wrong
        }
    }
}
