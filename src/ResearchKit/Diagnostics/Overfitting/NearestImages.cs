using ResearchKit.Data;
using ResearchKit.Files;

namespace ResearchKit.Diagnostics.Overfitting;

/// <summary>For each of some images the most similar one of a set, by its pixels: to see whether a generator copies.</summary>
/// <param name="Images">The found images in the samples' order: uint8, shape (N, C, H, W), on the CPU.</param>
/// <param name="Differences">Root mean square differences of their pixels from 0 to 255; 0 for a copy.</param>
/// <param name="Compared">How many images were looked at.</param>
/// <remarks>Pixels see copies, and hardly anything else: an image that was moved by a pixel is far away.
/// <see cref="NearestSamples"/> asks the same of features.</remarks>
public sealed record NearestImages(Tensor Images, NearestSamples Differences, long Compared) : IDisposable
{
    private const int AtOnce = 256;

    /// <summary>Searches a set a batch at a time; it need not fit into memory.</summary>
    /// <param name="samples">uint8, shape (N, C, H, W), N >= 1, on the CPU.</param>
    /// <param name="pool">The set: images of the same size and channels, at least one.</param>
    /// <param name="cancellation">Ends the search between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The caller disposes it. Of equally near images the first is taken.</returns>
    /// <exception cref="ArgumentException">Sizes or channels differ, or the set has no image.</exception>
    /// <exception cref="DataFileException">An image cannot be read.</exception>
    public static NearestImages Of(Tensor samples, IImageSource pool, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var (x, found, compared) = (Vectors(samples), samples.clone(), 0L); // (N, C H W), (N, C, H, W)
        var (distances, rows) = (new double[samples.shape[0]], new long[samples.shape[0]]);
        Array.Fill(distances, double.PositiveInfinity);
        foreach (var batch in pool.Read(AtOnce, cancellation: cancellation))
        {
            using var step = NewDisposeScope();
            if (!Shape(batch).SequenceEqual(Shape(samples)))
            {
                throw new ArgumentException($"{pool.Name} has images of {string.Join(" x ", Shape(batch))} (channels, height, width), " +
                    $"not {string.Join(" x ", Shape(samples))}.", nameof(pool));
            }

            var near = NearestSamples.Of(x, Vectors(batch));
            for (var i = 0; i < distances.Length; i++)
            {
                if (near.Distances[i] < distances[i])
                {
                    (distances[i], rows[i]) = (near.Distances[i], compared + near.Rows[i]);
                    found[i].copy_(batch[near.Rows[i]]);
                }
            }

            compared += batch.shape[0];
        }

        if (compared == 0)
        {
            throw new ArgumentException($"{pool.Name} has no image to compare with.", nameof(pool));
        }

        var root = Math.Sqrt(x.shape[1]);
        return new NearestImages(found.DetachFromDisposeScope(), new([.. distances.Select(d => d / root)], rows), compared);
    }

    /// <inheritdoc/>
    public void Dispose() => Images.Dispose();

    private static IEnumerable<long> Shape(Tensor images) => images.shape.Skip(1);

    private static Tensor Vectors(Tensor images) => images.flatten(1).to(ScalarType.Float32); // (N, C H W)
}
