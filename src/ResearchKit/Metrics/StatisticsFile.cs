using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Files;

namespace ResearchKit.Metrics;

/// <summary>Files of mean and covariance: the <c>mu</c> and <c>sigma</c> that pytorch-fid reads and writes, and beside them the count and
/// the protocol.</summary>
/// <remarks><c>.npz</c>: mu, sigma in float64, count in int64, and protocol, uint8, the UTF-8 of a <see cref="StatisticsOrigin"/> as JSON
/// (in Python: <c>json.loads(bytes(file["protocol"]))</c>). Other programs' files have no count and no protocol.</remarks>
public static class StatisticsFile
{
    private const string Protocol = "protocol";

    /// <summary>Writes statistics, whole or not at all.</summary>
    /// <param name="path">The file, <c>.npz</c>.</param>
    /// <param name="statistics">The statistics, with their origin where it is known.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Write(string path, FeatureStatistics statistics)
    {
        using var scope = NewDisposeScope();
        var arrays = new Dictionary<string, Tensor> { ["mu"] = statistics.Mean, ["sigma"] = statistics.Covariance };
        if (statistics.Count is { } count)
        {
            arrays["count"] = tensor(count);
        }

        if (statistics.Origin is { } origin)
        {
            arrays[Protocol] = tensor(JsonSerializer.SerializeToUtf8Bytes(origin, StatisticsJson.Default.StatisticsOrigin));
        }

        NpzFile.Write(path, arrays);
    }

    /// <summary>Reads statistics of this or of another program.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing or damaged, or does not hold mu and sigma.</exception>
    public static FeatureStatistics Read(string path)
    {
        using var arrays = NpzFile.Read(path);
        return Of(path, arrays) ?? throw new DataFileException(path, "it does not hold mu and sigma; write them with `stats`.");
    }

    /// <summary>Merges the shards of one set, in whatever order: by their numbers, so that the bits are the same in any.</summary>
    /// <param name="paths">The files of all shards.</param>
    /// <returns>The whole set's statistics, equal to those computed at once but for the rounding of float64. The caller disposes
    /// it.</returns>
    /// <exception cref="DataFileException">A file is missing, damaged or no shard, is of another set or was seen otherwise than the first,
    /// or a shard is missing or there twice.</exception>
    /// <remarks>One file is held in memory at a time.</remarks>
    public static FeatureStatistics Merge(IReadOnlyList<string> paths)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(paths.Count, 1);
        var shards = new SortedDictionary<int, (string Path, string Content)>();
        var origins = paths.Select(ShardOf).ToList();
        var first = origins[0];
        foreach (var (path, origin) in paths.Zip(origins))
        {
            if (Difference(first, origin) is { } difference)
            {
                throw new DataFileException(path, $"it is not of one set with {paths[0]}, seen alike: {difference}.");
            }

            if (!shards.TryAdd(origin.Shard.Number, (path, origin.ContentSha256)))
            {
                throw new DataFileException(path, $"it is shard {origin.Shard}, as {shards[origin.Shard.Number].Path} is; give each once.");
            }
        }

        if (shards.Count < first.Shard.Of)
        {
            var missing = Enumerable.Range(1, first.Shard.Of).Except(shards.Keys).ToArray();
            throw new DataFileException(paths[0], $"of {first.Shard.Of} shards there are {shards.Count}; give also " + string.Join(", ",
                missing.Take(10).Select(n => first.Shard with { Number = n })) + (missing.Length > 10 ? ", ..." : "") + ".");
        }

        using var moments = new FeatureMoments();
        foreach (var (path, _) in shards.Values)
        {
            using var shard = Read(path);
            try
            {
                moments.Merge(shard);
            }
            catch (ArgumentException e)
            {
                throw new DataFileException(path, $"its features are {shard.Dimensions} wide, and those of {shards[1].Path} are not.", e);
            }
        }

        var hashes = string.Join('\n', shards.Values.Select(s => s.Content));
        var content = $"{shards.Count} shards {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashes)))}";
        return moments.ToStatistics(first with { Shard = Shard.Whole, ContentSha256 = content, Listing = null });
    }

    private static StatisticsOrigin ShardOf(string path)
    {
        using var shard = Read(path);
        return shard.Origin is { Shard.Of: > 1 } origin && shard.Count is not null
            ? origin
            : throw new DataFileException(path, "this is no shard of a set; write it with `stats SET --shard 1/2`.");
    }

    /// <summary>The statistics of an archive that was read; null where it holds none.</summary>
    /// <param name="path">Its file, for errors.</param>
    /// <param name="arrays">Its arrays; they stay the caller's.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="DataFileException">They are no statistics.</exception>
    public static FeatureStatistics? Of(string path, TensorCollection arrays)
    {
        if (!arrays.TryGet("mu", out var mean) || !arrays.TryGet("sigma", out var covariance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        try
        {
            var count = arrays.TryGet("count", out var n) ? n.to(ScalarType.Int64).item<long>() : (long?)null;
            var origin = arrays.TryGet(Protocol, out var text)
                ? JsonSerializer.Deserialize(text.contiguous().bytes, StatisticsJson.Default.StatisticsOrigin)
                : null;
            return new FeatureStatistics(mean, covariance, count) { Origin = origin };
        }
        catch (JsonException e)
        {
            throw new DataFileException(path, "its protocol is not that of `stats`; write the file again.", e);
        }
        catch (ArgumentException e)
        {
            throw new DataFileException(path, e.Message.Split(" (Parameter", 2)[0].TrimEnd('.') + ".", e);
        }
    }

    private static string? Difference(StatisticsOrigin a, StatisticsOrigin b) =>
        ((string What, object First, object Other)[])
        [
            ("networks", a.Network, b.Network), ("weights", a.NetworkSha256, b.NetworkSha256),
            ("preparations", a.Preprocessing, b.Preprocessing), ("readings", a.Reading, b.Reading), ("sets", a.Set, b.Set),
            ("counts of the whole set", a.SetCount, b.SetCount), ("numbers of shards", a.Shard.Of, b.Shard.Of),
            ("listings of the whole set", a.Listing ?? "none", b.Listing ?? "none"),
        ] is var fields && fields.FirstOrDefault(f => !f.First.Equals(f.Other)) is { What: { } what } field
            ? $"the {what} are {field.First} and {field.Other}"
            : null;
}

/// <summary>The layout of a protocol's JSON; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StatisticsOrigin))]
internal sealed partial class StatisticsJson : JsonSerializerContext;
