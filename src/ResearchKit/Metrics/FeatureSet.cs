using System.Security.Cryptography;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Features of one set of samples, with where they come from.</summary>
public sealed class FeatureSet : IDisposable
{
    /// <summary>Takes ownership of the tensors.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="features">Shape (N, D), float32 or float64, N >= 1.</param>
    /// <param name="logits">Class logits, shape (N, classes), or null.</param>
    /// <param name="contentSha256">SHA-256 of the samples' own bytes; null for that of the features.</param>
    /// <param name="network">The network that made them; null where features were handed in.</param>
    /// <param name="reading">What became of the samples before the network's own preparation; empty where nothing did.</param>
    /// <exception cref="ArgumentException">A shape or a dtype is another.</exception>
    public FeatureSet(string name, Tensor features, Tensor? logits = null, string? contentSha256 = null, IFeatureNetwork? network = null,
        string reading = "")
    {
        ThrowIf(features.dim() != 2 || features.shape[0] < 1 || features.dtype is not (ScalarType.Float32 or ScalarType.Float64),
            $"Features must be float32 or float64 of shape (N, D) with N >= 1, not {features.dtype} of shape " +
                $"{Shape(features)}.", nameof(features));
        ThrowIf(logits is not null && (logits.dim() != 2 || logits.shape[0] != features.shape[0]),
            $"Logits must have shape ({features.shape[0]}, classes), not {Shape(logits)}.", nameof(logits));
        Name = name;
        Features = features.DetachFromDisposeScope();
        Logits = logits?.DetachFromDisposeScope();
        ContentSha256 = contentSha256 ?? HashOf(features);
        Network = network?.Name ?? "given";
        NetworkSha256 = network?.Sha256 ?? "";
        Preprocessing = network?.Preparation.ToString() ?? "none";
        ClassNames = network?.ClassNames ?? [];
        Reading = reading;
    }

    private FeatureSet(FeatureSet source, Tensor rows, string part)
    {
        (Name, Features, Logits) = ($"{source.Name}, {part}", source.Features.index_select(0, rows).DetachFromDisposeScope(),
            source.Logits?.index_select(0, rows).DetachFromDisposeScope());
        ClassOfEach = source.ClassOfEach is { } each ? Array.ConvertAll(rows.data<long>().ToArray(), r => each[(int)r]) : null;
        ClassNames = source.ClassNames;
        (ContentSha256, Network, NetworkSha256, Preprocessing) = ($"{source.ContentSha256} {part}", source.Network, source.NetworkSha256,
            source.Preprocessing);
        Reading = source.Reading;
    }

    /// <summary>What the set is called in reports.</summary>
    public string Name { get; }

    /// <summary>Shape (N, D); owned by the set.</summary>
    public Tensor Features { get; }

    /// <summary>Class logits (N, classes), or null; owned by the set.</summary>
    public Tensor? Logits { get; }

    /// <summary>The names of the classes that the logits stand for, in their order; empty where they are not known.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class that each sample was asked for, or is of, by its name; null where there are no classes.</summary>
    public IReadOnlyList<string>? ClassOfEach { get; init; }

    /// <summary>SHA-256 of the samples' own bytes (with a part's name where it is a part).</summary>
    public string ContentSha256 { get; }

    /// <summary>The network's name, or <c>given</c>.</summary>
    public string Network { get; internal init; }

    /// <summary>SHA-256 of the network's weights, or empty.</summary>
    public string NetworkSha256 { get; }

    /// <summary>The network's preparation of the samples.</summary>
    public string Preprocessing { get; internal init; }

    /// <summary>What became of the samples before that, as a folder's rules for transparency, orientation and size; empty where nothing
    /// did.</summary>
    public string Reading { get; }

    /// <summary>How many samples.</summary>
    public long Count => Features.shape[0];

    /// <summary>All of that, as statistics of the set carry it.</summary>
    public StatisticsOrigin Origin => new(Network, NetworkSha256, Preprocessing, Reading, Name, ContentSha256, Count, Shard.Whole);

    /// <summary>Two random halves; an odd sample is left out.</summary>
    /// <param name="seed">Chooses them.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two samples.</exception>
    public (FeatureSet First, FeatureSet Second) Halves(long seed)
    {
        if (Count < 2)
        {
            throw new InvalidOperationException($"The set {Name} has {Count} sample(s), too few for two halves.");
        }

        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed));
        var order = randperm(Count, generator: random);
        FeatureSet Half(long start, string name)
        {
            var rows = order.narrow(0, start, Count / 2);
            return new FeatureSet(this, rows, name);
        }

        return (Half(0, $"first half (seed {seed})"), Half(Count / 2, $"second half (seed {seed})"));
    }

    /// <summary>The first samples.</summary>
    /// <param name="count">How many; all of them where the set has fewer.</param>
    /// <returns>A new set with its own tensors.</returns>
    public FeatureSet First(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var rows = arange(Math.Min(count, Count)); // (n)
        return new FeatureSet(this, rows, $"first {rows.shape[0]}");
    }

    /// <summary>Some of the samples, chosen by chance, always the same ones.</summary>
    /// <param name="count">How many; all of them in a random order where the set has no more.</param>
    /// <returns>A new set with its own tensors.</returns>
    public FeatureSet Sample(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        return Rows(GroupedValues.Dealt(Count, Math.Min(count, Count)));
    }

    internal FeatureSet Rows(Tensor rows) => new(this, rows, "some");

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} x {Features.shape[1]} features of {Network}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Features.Dispose();
        Logits?.Dispose();
    }

    /// <summary>SHA-256 of a tensor's dtype, shape and bytes.</summary>
    internal static string HashOf(Tensor tensor)
    {
        using var onCpu = tensor.detach().cpu();
        using var contiguous = onCpu.contiguous();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(System.Text.Encoding.ASCII.GetBytes($"{tensor.dtype} {string.Join(' ', tensor.shape)}\n"));
        sha.AppendData(contiguous.bytes);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
