using ResearchKit.Data;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Sends sets of images through a feature network.</summary>
public static class FeatureExtraction
{
    /// <summary>Features of images in one tensor.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="images">uint8, shape (N, C, H, W), N >= 1. A generator's values in [-1, 1] become bytes by
    /// <see cref="PixelValues.ToBytes"/>.</param>
    /// <param name="batchSize">Images at a time, at least 1.</param>
    /// <param name="progress">Told after each batch how many images are done, of how many.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The features in the images' order. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The network does not take such images.</exception>
    public static FeatureSet Of(IFeatureNetwork network, string name, Tensor images, int batchSize = 256,
        Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ThrowIf(images.dtype != ScalarType.Byte || images.dim() != 4 || images.shape[0] < 1,
            $"Images must be uint8 of shape (N, C, H, W) with N >= 1, not {images.dtype} of shape {Shape(images)}.", nameof(images));
        using var scope = NewDisposeScope();
        List<Tensor> features = [], logits = [];
        for (long start = 0; start < images.shape[0]; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var (f, l) = network.Extract(images.narrow(0, start, Math.Min(batchSize, images.shape[0] - start)));
            features.Add(f);
            if (l is not null)
            {
                logits.Add(l);
            }

            progress?.Invoke(Math.Min(start + batchSize, images.shape[0]), images.shape[0]);
        }

        return new FeatureSet(name, cat(features), logits.Count > 0 ? cat(logits) : null, FeatureSet.HashOf(images), network);
    }

    /// <summary>Features of every image of a set.</summary>
    /// <inheritdoc cref="Of(IFeatureNetwork, string, Tensor, int, Action{long, long}?, CancellationToken)"/>
    public static FeatureSet Of(IFeatureNetwork network, ImageSet images, int batchSize = 256, Action<long, long>? progress = null,
        CancellationToken cancellation = default) => Of(network, images.Name, images.Images, batchSize, progress, cancellation);
}
