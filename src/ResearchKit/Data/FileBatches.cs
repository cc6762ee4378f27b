using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Data;

/// <summary>Shuffled batches of image files that are decoded ahead and in parallel, for sets that are too large to be kept as pixels: the
/// batches that <see cref="ImageBatches"/> would give.</summary>
internal sealed class FileBatches : IBatchSource, IShared, IDisposable
{
    private const int Ahead = 3; // batches: one decoded, the others on their way

    private readonly FolderImages _images;
    private readonly long[] _picked;
    private readonly Device _device;
    private readonly BatchSampler _sampler;
    private readonly BatchSampler _ahead;
    private readonly Queue<Task<Batch>> _queue = new();

    /// <param name="images">The folder's images.</param>
    /// <param name="picked">Which of them are given.</param>
    /// <param name="batchSize">Images a batch.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <param name="mirror">Gives each image mirrored too.</param>
    /// <param name="device">Where the batches come.</param>
    public FileBatches(FolderImages images, long[] picked, int batchSize, long seed, bool mirror, Device device)
    {
        (_images, _picked, _device) = (images, picked, device);
        var count = mirror ? 2 * picked.Length : picked.Length;
        (_sampler, _ahead) = (new BatchSampler(count, batchSize, seed), new BatchSampler(count, batchSize, seed));
    }

    public int BatchSize => _sampler.BatchSize;

    public long BatchesPerEpoch => _sampler.BatchesPerEpoch;

    public int Classes => _images.Labels is null ? 0 : _images.ClassNames.Count;

    public SamplerPosition Position
    {
        get => _sampler.Position;
        set
        {
            Forget();
            (_sampler.Position, _ahead.Position) = (value, value);
        }
    }

    public void Share(ProcessGroup group)
    {
        Forget();
        _sampler.Share(group);
        _ahead.Share(group);
        _ahead.Position = _sampler.Position;
    }

    public Batch Next()
    {
        while (_queue.Count < Ahead)
        {
            using var indices = _ahead.Next();
            var order = indices.data<long>().ToArray();
            // one after the other: each takes all cores
            var before = _queue.Count == 0 ? Task.CompletedTask : _queue.Last();
            _queue.Enqueue(before.ContinueWith(_ => Read(order), TaskScheduler.Default));
        }

        using var read = _queue.Dequeue().GetAwaiter().GetResult();
        _sampler.Next().Dispose();
        using var onDevice = read.Samples.to(_device); // (B, C, H, W)
        return new Batch(PixelValues.FromBytes(onDevice), read.Labels?.to(_device, copy: true));
    }

    public void Dispose()
    {
        Forget();
        _sampler.Dispose();
        _ahead.Dispose();
    }

    private Batch Read(long[] order)
    {
        using var set = _images.Select([.. order.Select(i => _picked[i % _picked.Length])]);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var images = ImageBatches.Mirrored(set.Images, tensor(order), _picked.Length); // (B, C, H, W)
        return new Batch((ReferenceEquals(images, set.Images) ? images.clone() : images).DetachFromDisposeScope(),
            set.Labels?.clone().DetachFromDisposeScope());
    }

    private void Forget()
    {
        while (_queue.TryDequeue(out var begun))
        {
            ((Task)begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            if (begun.IsCompletedSuccessfully)
            {
                begun.Result.Dispose();
            }
        }
    }
}
