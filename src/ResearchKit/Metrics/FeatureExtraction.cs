using System.Security.Cryptography;
using System.Text;
using ResearchKit.Data;
using ResearchKit.Runtime;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Sends sets of images through a feature network.</summary>
public static class FeatureExtraction
{
    private const int MostAtOnce = 256;
    private const int NumbersAtOnce = 5_000_000; // 33 images of 224 x 224: the first layers take some hundred megabytes then

    /// <summary>Features of all images of a set, read a batch at a time: only the features are held in memory.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">The images: an <see cref="ImageSet"/>, or a <see cref="FolderSource"/>.</param>
    /// <param name="batchSize">Images at a time, at least 1; null for as many as the network's size allows, at most 256. With another
    /// number sums may run in another order.</param>
    /// <param name="progress">Told after each batch how many images are done, of how many.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The features in the images' order. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images have other channels than 1 or 3.</exception>
    public static FeatureSet Of(IFeatureNetwork network, IImageSource images, int? batchSize = null, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        List<Tensor> features = [], logits = [];
        var content = Batches(network, images, null, batchSize ?? AtOnce(network.Preparation), (f, l) =>
        {
            features.Add(f);
            logits.AddRange(l is null ? [] : [l]);
        }, progress, cancellation);
        return new FeatureSet(images.Name, cat(features), logits.Count > 0 ? cat(logits) : null, content, network, images.Reading)
        {
            ClassOfEach = network.ClassNames.Count > 0 ? images.ClassOfEach : null, // else nobody can use them
        };
    }

    /// <summary>Features of images in one tensor.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="images">uint8, shape (N, C, H, W), N >= 1; it stays the caller's. A generator's values in [-1, 1] become bytes by
    /// <see cref="PixelValues.ToBytes"/>.</param>
    /// <param name="batchSize">Images at a time, at least 1; null for as many as the network's size allows.</param>
    /// <param name="progress">Told after each batch how many images are done, of how many.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The features in the images' order. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images are not uint8, of rank 4, or have other channels than 1 or 3.</exception>
    public static FeatureSet Of(IFeatureNetwork network, string name, Tensor images, int? batchSize = null,
        Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        using var set = new ImageSet(name, images.alias());
        return Of(network, set, batchSize, progress, cancellation);
    }

    /// <summary>Mean and covariance of the features of a set or of a shard of it. No features are held: the memory does not depend on the
    /// number of images.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="shard">The part of them; null for all.</param>
    /// <param name="batchSize">As in <see cref="Of(IFeatureNetwork, IImageSource, int?, Action{long, long}?, CancellationToken)"/>.</param>
    /// <param name="progress">Told after each batch how many images are done, of how many.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Statistics with their origin. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images have other channels than 1 or 3, or there are fewer than 2.</exception>
    public static FeatureStatistics StatisticsOf(IFeatureNetwork network, IImageSource images, Shard? shard = null,
        int? batchSize = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var atOnce = batchSize ?? AtOnce(network.Preparation);
        using var moments = new FeatureMoments();
        var content = Batches(network, images, shard?.RangeIn(images.Count, atOnce), atOnce, (features, logits) =>
        {
            using (features)
            using (logits)
            {
                moments.Add(features);
            }
        }, progress, cancellation);
        ThrowIf(moments.Count < 2, $"{images.Name} has {moments.Count} image(s) that can be read" +
            $"{(shard is null ? "" : $" in shard {shard}")}, too few for a covariance.");
        return moments.ToStatistics(new StatisticsOrigin(network.Name, network.Sha256, network.Preparation.ToString(), images.Reading,
            images.Name, content, images.Count, shard ?? Shard.Whole, shard is null ? null : images.Listing));
    }

    // Every batch but the last has the same size, wherever the source's own batches end. Returns the SHA-256 of what was read.
    private static string Batches(IFeatureNetwork network, IImageSource images, Range? part, int atOnce, Action<Tensor, Tensor?> take,
        Action<long, long>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atOnce, 1, "batchSize");
        using var noGrad = no_grad();
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var total = (part ?? Range.All).GetOffsetAndLength(checked((int)images.Count)).Length;
        List<Tensor> waiting = [];
        var (held, done) = (0, 0L);
        var heap = new NativeHeapKeeper();
        foreach (var batch in images.Read(atOnce, part, cancellation))
        {
            Hash(batch);
            using var prepared = network.Preparation.Apply(batch); // (b, C, S, S)
            for (var at = 0; at < prepared.shape[0];)
            {
                var some = (int)Math.Min(atOnce - held, prepared.shape[0] - at);
                waiting.Add(prepared.narrow(0, at, some));
                (at, held) = (at + some, held + some);
                if (held == atOnce)
                {
                    Flush();
                }
            }
        }

        if (held > 0)
        {
            Flush();
        }

        return Convert.ToHexStringLower(content.GetHashAndReset());

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            using var whole = waiting.Count == 1 ? waiting[0].alias() : cat(waiting); // (B, C, S, S)
            waiting.ForEach(w => w.Dispose());
            waiting.Clear();
            var (features, logits) = network.Extract(whole);
            take(features, logits);
            (done, held) = (done + held, 0);
            heap.Trim();
            progress?.Invoke(done, total);
        }

        // Each image by itself: a folder and an array of the same images have one content.
        void Hash(Tensor batch)
        {
            using var onCpu = batch.cpu();
            using var contiguous = onCpu.contiguous();
            var size = Encoding.ASCII.GetBytes($"{string.Join(' ', batch.shape[1..])}\n");
            var each = (int)(batch.numel() / batch.shape[0]);
            for (var i = 0; i < batch.shape[0]; i++)
            {
                content.AppendData(size);
                content.AppendData(contiguous.bytes.Slice(i * each, each));
            }
        }
    }

    private static int AtOnce(ImagePreparation preparation) =>
        Math.Clamp(NumbersAtOnce / (preparation.Channels * preparation.Size * preparation.Size), 1, MostAtOnce);
}
