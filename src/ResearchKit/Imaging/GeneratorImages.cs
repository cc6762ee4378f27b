using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Imaging;

/// <summary>Draws a set of images from a generator, as metrics want them: many, in bytes, repeatable.</summary>
public static class GeneratorImages
{
    /// <summary>Generates images from z ~ N(0, I), batch by batch, in evaluation mode and without a gradient.</summary>
    /// <param name="generator">The generator, on the device that is to compute; its mode is as before afterwards.</param>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="count">How many images, at least 1.</param>
    /// <param name="seed">Chooses every z (<see cref="NormalLatents.Draw"/>, all at once on the CPU): no batch size and no device changes
    /// them.</param>
    /// <param name="batchSize">Images at a time, at least 1. With another one sums may run in another order and a byte may differ by
    /// 1.</param>
    /// <param name="progress">Told after each batch how many images are done, of how many.</param>
    /// <param name="label">The class of all images; null for classes as often as the data have them, chosen by the seed. For a generator
    /// that was trained without classes it must be null.</param>
    /// <param name="truncation">Above 0 for more typical images (<see cref="LatentGenerator.Truncated"/>); null for all there are.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A set on the CPU, with labels where the generator has classes; bytes by <see cref="PixelValues.ToBytes"/>. The caller
    /// disposes it.</returns>
    /// <exception cref="ArgumentException">The generator makes points and not images, or has no such class.</exception>
    public static ImageSet Draw(LatentGenerator generator, string name, int count, long seed, int batchSize = 256,
        Action<int, int>? progress = null, long? label = null, double? truncation = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var images = new List<Tensor>();
        var done = 0;
        foreach (var batch in Batches(generator, name, count, seed, batchSize, label, truncation: truncation,
            cancellation: cancellation))
        {
            images.Add(batch.alias());
            progress?.Invoke(done += (int)batch.shape[0], count);
        }

        return new ImageSet(name, cat(images), Labels(generator, name, count, seed, label), generator.Labels?.Names); // (N, C, H, W)
    }

    /// <summary>The same images batch by batch, so that their number does not matter to the memory; or some of them.</summary>
    /// <inheritdoc cref="Draw"/>
    /// <param name="generator">As in <see cref="Draw"/>.</param>
    /// <param name="name">Likewise.</param>
    /// <param name="count">Likewise.</param>
    /// <param name="seed">Likewise.</param>
    /// <param name="batchSize">Likewise.</param>
    /// <param name="label">Likewise.</param>
    /// <param name="part">Which of the images; null for all. The others are not made.</param>
    /// <param name="truncation">As in <see cref="Draw"/>.</param>
    /// <param name="cancellation">Likewise.</param>
    /// <returns>uint8, shape (B, C, H, W), on the CPU; one is disposed when the next is pulled.</returns>
    public static IEnumerable<Tensor> Batches(LatentGenerator generator, string name, int count, long seed, int batchSize = 256,
        long? label = null, Range? part = null, double? truncation = null, CancellationToken cancellation = default)
    {
        var samples = Samples(generator, name, count, seed, batchSize, label, part, truncation, cancellation);
        return Images();

        IEnumerable<Tensor> Images()
        {
            foreach (var batch in samples)
            {
                using var images = Pixels(generator, name, batch);
                yield return images;
            }
        }
    }

    /// <summary>The same samples as the generator gives them, whatever they are: images, points, sounds, clips.</summary>
    /// <inheritdoc cref="Batches"/>
    /// <returns>Shape (B, ...), on the generator's device; one is disposed when the next is pulled.</returns>
    internal static IEnumerable<Tensor> Samples(LatentGenerator generator, string name, int count, long seed, int batchSize = 256,
        long? label = null, Range? part = null, double? truncation = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var (first, length) = (part ?? Range.All).GetOffsetAndLength(count);
        return Drawn();

        IEnumerable<Tensor> Drawn()
        {
            using var labels = Labels(generator, name, count, seed, label); // (N)
            using var z = NormalLatents.Draw(count, generator.LatentSize, seed); // (N, Z)
            for (var start = first; start < first + length; start += batchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                var size = Math.Min(batchSize, first + length - start);
                using var some = z.narrow(0, start, size); // (B, Z)
                using var theirs = labels?.narrow(0, start, size); // (B)
                using var batch = Generate(generator, some, theirs, truncation);
                yield return batch;
            }
        }
    }

    /// <summary>Images along round trips through latent space, frame by frame, for an animation that repeats.</summary>
    /// <param name="generator">The generator, on the device that is to compute; its mode is as before after each frame.</param>
    /// <param name="name">What it is called in errors.</param>
    /// <param name="count">How many trips at once, at least 1.</param>
    /// <param name="seed">Chooses every stop's z.</param>
    /// <param name="stops">Stops of a trip, at least 2.</param>
    /// <param name="steps">Frames from one stop to the next, at least 1.</param>
    /// <param name="label">The class of all images, as in <see cref="Draw"/>; a trip stays in its class.</param>
    /// <param name="truncation">As in <see cref="Draw"/>.</param>
    /// <returns>stops * steps frames, each of shape (count, C, H, W), uint8, on the CPU; one is disposed when the next is pulled.</returns>
    /// <exception cref="ArgumentException">While pulling: the generator makes points and not images, or has no such class.</exception>
    /// <remarks>Spherical paths: <see cref="LatentPath.Loop"/>.</remarks>
    public static IEnumerable<Tensor> Walk(LatentGenerator generator, string name, int count, long seed, int stops = 6, int steps = 10,
        long? label = null, double? truncation = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stops, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return Frames();

        IEnumerable<Tensor> Frames()
        {
            using var drawn = NormalLatents.Draw(stops * count, generator.LatentSize, seed); // (K * B, Z)
            using var places = drawn.reshape(stops, count, generator.LatentSize); // (K, B, Z)
            using var labels = Labels(generator, name, count, seed, label); // (B)
            using var path = LatentPath.Loop(places, steps); // (F, B, Z)
            for (var i = 0; i < path.shape[0]; i++)
            {
                using var z = path[i]; // (B, Z)
                using var made = Generate(generator, z, labels, truncation);
                using var frame = Pixels(generator, name, made);
                yield return frame;
            }
        }
    }

    internal static Tensor? Labels(LatentGenerator generator, string name, int count, long seed, long? label) =>
        label is null ? generator.Labels?.Draw(count, seed)
        : label >= 0 && label < generator.Labels?.Count ? full(count, label.Value, dtype: ScalarType.Int64)
        : throw new ArgumentException($"{name}: the generator has {generator.Labels?.Count ?? 0} classes, and is asked for class {label}.");

    internal static Tensor Generate(LatentGenerator generator, Tensor z, Tensor? labels, double? truncation)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var evaluation = new EvaluationMode(generator);
        var device = generator.parameters().First().device;
        TensorFloat32.Use(false, device);
        var batch = truncation is { } most ? generator.Truncated(z.to(device), labels?.to(device), most)
            : generator.Call(z.to(device), labels); // (B, ...)
        return batch.MoveToOuterDisposeScope();
    }

    internal static Tensor Pixels(LatentGenerator generator, string name, Tensor samples)
    {
        using var scope = NewDisposeScope();
        var made = generator is ITextGenerator ? $"lines of {samples.shape[^1]} characters"
            : samples.dim() == 5 ? $"clips of {samples.shape[2]} frames"
            : samples.dim() == 2 ? $"points of {samples.shape[^1]} numbers" : $"sounds of {samples.shape[^1]} samples";
        return samples.dim() == 4
            ? PixelValues.ToBytes(samples).cpu().MoveToOuterDisposeScope() // (B, C, H, W)
            : throw new ArgumentException($"{name}: this {generator.GetType().Name} makes {made} and not images; give a " +
                $"generator of images{(samples.dim() == 2 ? ", or the points themselves as features" : "")}.",
                nameof(generator));
    }
}
