using System.Globalization;
using System.Text.Json.Serialization;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>What statistics were computed from, and how: two of them compare only where network and preparation are the same.</summary>
/// <param name="Network">The feature network's name; <c>given</c> where features were handed in.</param>
/// <param name="NetworkSha256">SHA-256 of its weights; empty where features were handed in.</param>
/// <param name="Preprocessing">The network's preparation of its images.</param>
/// <param name="Reading">What became of the images before that; empty where nothing did.</param>
/// <param name="Set">What the set is called.</param>
/// <param name="ContentSha256">SHA-256 of the samples' own bytes; of a merged set that of its shards' hashes, with their number.</param>
/// <param name="SetCount">Samples of the whole set, those included that could not be read.</param>
/// <param name="Shard">The part of the set that this is.</param>
/// <param name="Listing">Of a shard, what tells its whole set from another of its name and number
/// (<see cref="Data.IImageSource.Listing"/>); null of a whole set, and where nothing does.</param>
public sealed record StatisticsOrigin(string Network, string NetworkSha256, string Preprocessing, string Reading, string Set,
    string ContentSha256, long SetCount, Shard Shard,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Listing = null)
{
    /// <summary>Refuses to measure one against the other.</summary>
    /// <param name="mine">What the one was computed from; null where nobody knows, which is trusted.</param>
    /// <param name="name">What the one is called.</param>
    /// <param name="other">What the other was computed from.</param>
    /// <param name="otherName">What the other is called.</param>
    /// <exception cref="ArgumentException">Network, weights or preparation differ, or one is a shard.</exception>
    public static void RequireComparable(StatisticsOrigin? mine, string name, StatisticsOrigin? other, string otherName)
    {
        foreach (var (origin, whose) in ((StatisticsOrigin?, string)[])[(mine, name), (other, otherName)])
        {
            ThrowIf(origin is { Shard.Of: > 1 }, $"{whose} is shard {origin?.Shard} of {origin?.Set}: merge the shards first " +
                "(`stats merge`).");
        }

        if (mine is not null && other is not null)
        {
            ThrowIf((mine.Network, mine.NetworkSha256, mine.Preprocessing) != (other.Network, other.NetworkSha256, other.Preprocessing),
                $"{name} was seen by {mine.Seen}, {otherName} by {other.Seen}: both must be seen alike.");
        }
    }

    private string Seen => $"{Network}{(NetworkSha256.Length >= 8 ? $" ({NetworkSha256[..8]})" : "")} [{Preprocessing}]";
}

/// <summary>One of some parts of a set that are computed apart, for example by the jobs of a cluster.</summary>
/// <param name="Number">Which, from 1 to <paramref name="Of"/>.</param>
/// <param name="Of">How many parts there are, at least 1.</param>
public readonly record struct Shard(int Number, int Of)
{
    /// <summary>The set itself.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">For example <c>2/8</c>.</param>
    /// <exception cref="FormatException">It is no shard.</exception>
    public static Shard Parse(string text)
    {
        static int? Number(string part) =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return text.Split('/') is [var first, var last] && Number(first) is { } number && Number(last) is { } of && number >= 1
            && number <= of
            ? new Shard(number, of)
            : throw new FormatException($"A shard is written 2/8, the second of eight, not '{text}'.");
    }

    /// <summary>The samples of this part, neighbours in the set.</summary>
    /// <param name="count">Samples of the set.</param>
    /// <param name="batchSize">Samples at a time. Where each part gets a batch or more, parts begin where the whole set's batches do, so
    /// that a network sees the same batches.</param>
    /// <exception cref="ArgumentException">A part would have fewer than 2 samples, too few for a covariance.</exception>
    public Range RangeIn(long count, int batchSize)
    {
        var of = Of;
        ThrowIf(count < 2L * of, $"{count} samples are too few for {Of} shards: each needs 2 for a covariance.");
        var batches = (count + batchSize - 1) / batchSize;
        var (unit, units) = count / batchSize >= of ? (batchSize, batches) : (1, count);
        long Start(long number) => Math.Min(count, number * units / of * unit);
        return checked((int)Start(Number - 1))..checked((int)Start(Number));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");
}
