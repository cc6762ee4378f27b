using System.Security.Cryptography;
using System.Text;
using ResearchKit.Data;
using ResearchKit.Runtime;

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
        var atOnce = batchSize ?? AtOnce(network.Preparation);
        ArgumentOutOfRangeException.ThrowIfLessThan(atOnce, 1, nameof(batchSize));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<Tensor> features = [], logits = [], waiting = [];
        var (held, done) = (0L, 0L);
        var heap = new NativeHeapKeeper();
        foreach (var batch in images.Read(atOnce, cancellation))
        {
            Hash(batch);
            if (held + batch.shape[0] > atOnce)
            {
                Flush();
            }

            waiting.Add(network.Preparation.Apply(batch)); // (b, C, S, S)
            held += batch.shape[0];
            if (held == atOnce)
            {
                Flush();
            }
        }

        Flush();
        return new FeatureSet(images.Name, cat(features), logits.Count > 0 ? cat(logits) : null,
            Convert.ToHexStringLower(content.GetHashAndReset()), network, images.Reading);

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            if (waiting.Count == 0)
            {
                return;
            }

            using var prepared = waiting.Count == 1 ? waiting[0].alias() : cat(waiting); // (B, C, S, S)
            waiting.ForEach(w => w.Dispose());
            waiting.Clear();
            var (f, l) = network.Extract(prepared);
            features.Add(f);
            if (l is not null)
            {
                logits.Add(l);
            }

            (done, held) = (done + held, 0);
            heap.Trim();
            progress?.Invoke(done, images.Count);
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

    private static int AtOnce(ImagePreparation preparation) =>
        Math.Clamp(NumbersAtOnce / (preparation.Channels * preparation.Size * preparation.Size), 1, MostAtOnce);
}
