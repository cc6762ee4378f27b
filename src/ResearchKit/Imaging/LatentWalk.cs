using System.Diagnostics;
using ResearchKit.Models;

namespace ResearchKit.Imaging;

/// <summary>A walk through latent space without an end: from one z to the next along arcs (<see cref="LatentPath.Between"/>), several
/// trips at once. Where on the walk a frame is decides what it shows, whatever was drawn before it.</summary>
/// <param name="generator">The generator of images, on the device that is to compute; it stays the caller's.</param>
/// <param name="name">What it is called in errors.</param>
/// <param name="count">How many trips at once, at least 1.</param>
/// <param name="seed">Chooses every stop's z, and the trips' classes where none is asked for.</param>
public sealed class LatentWalk(LatentGenerator generator, string name, int count, long seed) : IDisposable
{
    private readonly Dictionary<long, Tensor> _stops = []; // the two that the last frame was between

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>Names of the classes that a frame can be asked for; null where the generator has none.</summary>
    public IReadOnlyList<string>? Classes => generator.Labels?.Names;

    /// <summary>Draws a frame.</summary>
    /// <param name="at">Where on the walk, at least 0: at 2.5 half way from the third stop to the fourth.</param>
    /// <param name="label">The class of all images; null for classes as often as the data have them.</param>
    /// <param name="truncation">Above 0 for more typical images (<see cref="LatentGenerator.Truncated"/>); null for all there are.</param>
    /// <returns>The images of all trips, uint8, on a grid that is as wide as high; no tensor is left behind.</returns>
    /// <exception cref="ArgumentException">The generator makes no images, or has no such class, or a number is out of its range.
    /// </exception>
    public WalkFrame Frame(double at, long? label = null, double? truncation = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!(at >= 0 && at < long.MaxValue) || truncation is not (null or (> 0 and < double.PositiveInfinity)))
        {
            throw new ArgumentException("A frame's place must be a number of at least 0, and its truncation one above 0.", nameof(at));
        }

        using var scope = NewDisposeScope();
        var first = (long)at;
        foreach (var left in _stops.Keys.Where(k => k != first && k != first + 1).ToList())
        {
            _stops.Remove(left, out var z);
            z!.Dispose();
        }

        var place = LatentPath.Between(Stop(first), Stop(first + 1), at - first); // (B, Z)
        var labels = GeneratorImages.Labels(generator, name, count, seed, label); // (B)
        var start = Stopwatch.GetTimestamp();
        using var samples = GeneratorImages.Generate(generator, place, labels, truncation);
        using var images = GeneratorImages.Pixels(generator, name, samples); // (B, C, H, W); waits for a GPU
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var grid = GridLayout.Of(images, (int)Math.Ceiling(Math.Sqrt(count)), scale: 1);
        return new WalkFrame(grid.Pixels, grid.Width, grid.Height, grid.Channels, time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var z in _stops.Values)
        {
            z.Dispose();
        }

        _stops.Clear();
    }

    private Tensor Stop(long number)
    {
        if (!_stops.TryGetValue(number, out var z))
        {
            z = NormalLatents.Draw(count, generator.LatentSize, unchecked(seed + number)).DetachFromDisposeScope();
            _stops.Add(number, z);
        }

        return z;
    }
}

/// <summary>A frame of a <see cref="LatentWalk"/>: its images side by side on white.</summary>
/// <param name="Pixels">Row by row from the top, channels interleaved.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 (grey) or 3 (RGB).</param>
/// <param name="NetworkMilliseconds">How long the network took for it, with the way to bytes on the CPU.</param>
public sealed record WalkFrame(byte[] Pixels, int Width, int Height, int Channels, double NetworkMilliseconds);
