using System.Security.Cryptography;
using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>A set of images held as one uint8 tensor, with class labels where there are some.</summary>
public sealed class ImageSet : IDisposable, IImageSource
{
    private SampleClasses? _classes;

    /// <summary>Takes ownership of the tensors.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="images">uint8, shape (N, C, H, W), N >= 1.</param>
    /// <param name="labels">int64, shape (N), or null.</param>
    /// <param name="classNames">One name a class, in the order of the labels; may be empty, and a label without a name shows as its
    /// number.</param>
    /// <exception cref="ArgumentException">A dtype or a shape is another.</exception>
    public ImageSet(string name, Tensor images, Tensor? labels = null, IReadOnlyList<string>? classNames = null)
    {
        if (images.dtype != ScalarType.Byte || images.dim() != 4 || images.shape[0] < 1)
        {
            throw new ArgumentException($"Images must be uint8 of shape (N, C, H, W) with N >= 1, not {images.dtype} of shape " +
                $"{TensorShape.Show(images.shape)}.", nameof(images));
        }

        if (labels is not null && (labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.shape[0] != images.shape[0]))
        {
            throw new ArgumentException($"Labels must be int64 of shape ({images.shape[0]}), not {labels.dtype} of shape " +
                $"{TensorShape.Show(labels.shape)}.", nameof(labels));
        }

        Name = name;
        Images = images.DetachFromDisposeScope();
        Labels = labels?.DetachFromDisposeScope();
        ClassNames = classNames ?? [];
    }

    /// <summary>What the set is called in reports.</summary>
    public string Name { get; }

    /// <summary>uint8, shape (N, C, H, W); owned by the set.</summary>
    public Tensor Images { get; }

    /// <summary>int64, shape (N), or null; owned by the set.</summary>
    public Tensor? Labels { get; }

    /// <summary>One name a class, in the order of the labels; empty where there are none.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The classes with the number of images of each; null where there are no labels. A class without a name is called by its
    /// label.</summary>
    public SampleClasses? Classes => _classes ??= ClassesOf();

    /// <summary>The number of images.</summary>
    public long Count => Images.shape[0];

    /// <summary>The number of channels.</summary>
    public int Channels => (int)Images.shape[1];

    /// <summary>The images' height in pixels.</summary>
    public int Height => (int)Images.shape[2];

    /// <summary>The images' width in pixels.</summary>
    public int Width => (int)Images.shape[3];

    /// <summary>Picks images and scales them for a network.</summary>
    /// <param name="indices">int64, shape (B), each in [0, N); on any device.</param>
    /// <returns>float32, shape (B, C, H, W), values in [-1, 1], on the set's device. The caller disposes it.</returns>
    public Tensor Batch(Tensor indices)
    {
        using var picked = Images.index_select(0, indices.to(Images.device)); // (B, C, H, W)
        return PixelValues.FromBytes(picked);
    }

    /// <summary>The first images, scaled for a network.</summary>
    /// <param name="count">How many; all of them where the set has fewer.</param>
    /// <returns>float32, shape (min(count, N), C, H, W), values in [-1, 1]. The caller disposes it.</returns>
    public Tensor First(int count)
    {
        using var indices = arange(Math.Min(count, Count));
        return Batch(indices);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassOfEach =>
        Classes is { } classes ? Array.ConvertAll(Labels!.cpu().data<long>().ToArray(), l => classes.Names[(int)l]) : null;

    /// <summary>The label's class name, or the number where there are no names.</summary>
    /// <param name="index">The image's index in [0, N).</param>
    /// <exception cref="InvalidOperationException">The set has no labels.</exception>
    public string ClassOf(long index) => (Classes ?? throw new InvalidOperationException($"The set {Name} has no labels."))
        .Names[(int)Labels![index].item<long>()];

    /// <summary>Whether one of some 64 images, spread over the set, has a pixel that is not grey.</summary>
    public bool LooksColoured()
    {
        using var scope = NewDisposeScope();
        var some = Images.index_select(0, tensor(Spread(Count), device: Images.device));
        return Channels == 3 && (some.amax(1) - some.amin(1)).gt(ImageFile.GreyUpTo).any().item<bool>();
    }

    /// <summary>Up to 64 indices, spread over a set.</summary>
    internal static long[] Spread(long count) =>
        [.. Enumerable.Range(0, (int)Math.Min(64, count)).Select(i => i * count / Math.Min(64, count))];

    /// <summary>The same images with a border of the darkest value, centred in a square.</summary>
    /// <param name="size">The new height and width, not smaller than the old ones.</param>
    /// <returns>A new set with its own tensors.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is smaller than the images.</exception>
    public ImageSet PadTo(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Math.Max(Height, Width));
        long left = (size - Width) / 2, top = (size - Height) / 2;
        return With(nn.functional.pad(Images, [left, size - Width - left, top, size - Height - top], value: 0),
            $"padded to {size} x {size}");
    }

    /// <summary>The same images scaled to a square (bilinear, antialiased when shrinking).</summary>
    /// <param name="size">The new height and width.</param>
    /// <returns>A new set with its own tensors.</returns>
    public ImageSet ResizeTo(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        using var scope = NewDisposeScope();
        var scaled = nn.functional.interpolate(Images.to(ScalarType.Float32), size: [size, size], mode: InterpolationMode.Bilinear,
            align_corners: false, antialias: size < Height);
        return With(scaled.round_().clamp_(0, 255).to(ScalarType.Byte).MoveToOuterDisposeScope(), $"{size} x {size} by squeeze");
    }

    /// <summary>The same images with another number of channels: grey ones get three equal channels, colours become their ITU-R 601-2 luma,
    /// as a folder's images do.</summary>
    /// <param name="channels">1 or 3.</param>
    /// <returns>A new set with its own tensors.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is another.</exception>
    public ImageSet ToChannels(int channels)
    {
        using var scope = NewDisposeScope();
        return With((Channels, channels) switch
        {
            (1, 3) => Images.repeat(1, 3, 1, 1), // (N, 3, H, W)
            (3, 1) => ImageFile.Luma(Images), // (N, 1, H, W)
            _ when Channels == channels => Images.clone(),
            _ => throw new ArgumentOutOfRangeException(nameof(channels), channels, "It must be 1 or 3, and so must that of the set."),
        }, channels == Channels ? "" : channels == 1 ? "in grey" : "grey as RGB");
    }

    /// <summary>A copy on another device, labels too: batches are then cut there, with no transfer a step.</summary>
    /// <param name="device">The device; the copy is one also where it is the same.</param>
    /// <returns>A new set with its own tensors.</returns>
    public ImageSet To(Device device) =>
        new(Name, Images.to(device, copy: true), Labels?.to(device, copy: true), ClassNames) { Reading = Reading };

    /// <summary>Some of the images, in the order of the indices.</summary>
    /// <param name="indices">int64, shape (B), each in [0, N), on the set's device.</param>
    /// <returns>A new set with its own tensors.</returns>
    public ImageSet Select(Tensor indices) =>
        new(Name, Images.index_select(0, indices), Labels?.index_select(0, indices), ClassNames) { Reading = Reading };

    /// <summary>The images of one class, in their order, without labels.</summary>
    /// <param name="name">The class's name.</param>
    /// <returns>A new set with its own tensors.</returns>
    /// <exception cref="ArgumentException">There is no such class, or no image of it; the message lists the classes.</exception>
    public ImageSet OfClass(string name)
    {
        using var scope = NewDisposeScope();
        var all = Classes?.Names ?? [];
        var indices = all.Contains(name) ? Labels!.eq(all.Index().First(c => c.Item == name).Index).nonzero().flatten() : empty(0); // (n)
        return indices.shape[0] > 0
            ? new ImageSet($"{Name} {name}", Images.index_select(0, indices)) { Reading = Reading }
            : throw new ArgumentException($"{Name} has no images of a class '{name}'; " +
                $"{(all.Count == 0 ? "it has no classes" : $"its classes are {string.Join(", ", all)}")}.", nameof(name));
    }

    /// <summary>SHA-256 of the pixels, image by image, and then of the labels (int64, little-endian): it tells data from
    /// others.</summary>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    public string Fingerprint()
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Images.split(1024))
        {
            hash.AppendData(part.cpu().contiguous().bytes);
        }

        if (Labels is not null)
        {
            hash.AppendData(Labels.cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    string? IImageSource.Key => null;

    string? IImageSource.Listing => "pixels " + Fingerprint();

    /// <inheritdoc/>
    public string Reading { get; private init; } = "";

    IReadOnlyList<string> IImageSource.Notes => [];

    IEnumerable<Tensor> IImageSource.Read(int atMost, Range? part, CancellationToken cancellation)
    {
        var (first, count) = (part ?? Range.All).GetOffsetAndLength(checked((int)Count));
        for (var start = first; start < first + count; start += atMost)
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = Images.narrow(0, start, Math.Min(atMost, first + count - start)); // (B, C, H, W)
            yield return batch;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} images, {Channels} x {Height} x {Width}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels?.Dispose();
    }

    private SampleClasses? ClassesOf()
    {
        using var onCpu = Labels?.to(CPU, copy: true);
        return onCpu is null ? null : SampleClasses.Of(onCpu.data<long>().ToArray(), ClassNames);
    }

    private ImageSet With(Tensor images, string what) =>
        new(Name, images, Labels?.clone(), ClassNames)
        {
            Reading = string.Join(", ", ((string[])[Reading, what]).Where(r => r.Length > 0)),
        };
}

/// <summary>Shuffled batches of an <see cref="ImageSet"/>: float32, shape (BatchSize, C, H, W), values in [-1, 1], with the set's
/// labels.</summary>
/// <param name="images">The set, which stays the caller's; batches come on its device.</param>
/// <param name="batchSize">Images a batch, at most the set's count.</param>
/// <param name="seed">Chooses the order.</param>
/// <param name="mirror">Gives each image mirrored too, left for right: an epoch is then twice as long, as with StyleGAN2's
/// <c>--mirror</c>.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public sealed class ImageBatches(ImageSet images, int batchSize, long seed, bool mirror = false)
    : SampledBatches(mirror ? 2 * images.Count : images.Count, batchSize, seed)
{
    /// <inheritdoc/>
    public override int Classes => images.Classes?.Count ?? 0;

    /// <inheritdoc/>
    protected override Batch Take(Tensor indices)
    {
        using var scope = NewDisposeScope();
        var picked = indices.remainder(images.Count).to(images.Images.device); // (B)
        var batch = Mirrored(images.Batch(picked), indices, images.Count); // (B, C, H, W)
        return new Batch(batch.MoveToOuterDisposeScope(), images.Labels?.index_select(0, picked).MoveToOuterDisposeScope());
    }

    /// <summary>Mirrors the images whose index is beyond the set's count.</summary>
    internal static Tensor Mirrored(Tensor batch, Tensor indices, long count)
    {
        using var isMirrored = indices.ge(count); // (B)
        return isMirrored.any().item<bool>()
            ? where(isMirrored.to(batch.device).reshape(-1, 1, 1, 1), batch.flip(3), batch) // (B, C, H, W)
            : batch;
    }
}
