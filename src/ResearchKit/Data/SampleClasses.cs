using System.Globalization;

namespace ResearchKit.Data;

/// <summary>The classes of a data set: their names in the order of the labels, and how many samples each has.</summary>
/// <param name="Names">One name a class; label k has name k.</param>
/// <param name="Counts">Samples of each class, as many numbers as names; not all of them 0.</param>
/// <exception cref="ArgumentException">The counts do not fit the names, or there is no sample.</exception>
public sealed record SampleClasses(IReadOnlyList<string> Names, IReadOnlyList<long> Counts)
{
    private const int MostClasses = 1_000_000;

    /// <summary>Samples of each class.</summary>
    public IReadOnlyList<long> Counts { get; } = Counts.Count == Names.Count && Counts.All(c => c >= 0) && Counts.Any(c => c > 0)
        ? Counts
        : throw new ArgumentException($"{Names.Count} classes need as many counts of samples, from 0 on and not all 0.", nameof(Counts));

    /// <summary>How many classes there are.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Count => Names.Count;

    /// <summary>Classes of one sample each: for networks that are built before there are data.</summary>
    /// <param name="names">The classes' names, at least one.</param>
    public static SampleClasses Equally(IReadOnlyList<string> names) => new(names, [.. names.Select(_ => 1L)]);

    /// <summary>The classes of labels.</summary>
    /// <param name="labels">One a sample, at least one, from 0 to 1,000,000.</param>
    /// <param name="names">The classes' names; a label beyond them is called by its number.</param>
    /// <exception cref="ArgumentException">A label is another number, which tells no class.</exception>
    public static SampleClasses Of(IReadOnlyCollection<long> labels, IReadOnlyList<string> names)
    {
        if (labels.FirstOrDefault(l => l is < 0 or > MostClasses) is not 0 and var wrong)
        {
            throw new ArgumentException($"Labels of classes are numbers from 0 on, and one is {wrong}.", nameof(labels));
        }

        var counts = new long[Math.Max(names.Count, labels.Max() + 1)];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        return new SampleClasses([.. counts.Select((_, k) => k < names.Count ? names[k] : $"{k}")], counts);
    }

    /// <summary>Picks samples so that every class has its share of them, whichever they are of a class being left to chance.</summary>
    /// <param name="labels">One a sample; null where there are no classes.</param>
    /// <param name="count">Samples in the set.</param>
    /// <param name="seed">Chooses them.</param>
    /// <returns>All indices of the set. Every first part and every last part of them has the classes in the set's proportions, to one
    /// sample of each.</returns>
    public static long[] FairOrder(IReadOnlyList<long>? labels, long count, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed) ^ 0x94D049BB133111EBUL);
        var shuffled = randperm(count, generator: random).data<long>().ToArray();
        if (labels is null)
        {
            return shuffled;
        }

        // the k-th of n samples of a class stands at (k + 1/2) / n of the way
        var places = shuffled.GroupBy(i => labels[(int)i])
            .SelectMany(g => g.Index().Select(s => (s.Item, At: (s.Index + 0.5) / g.Count())));
        return [.. places.OrderBy(p => p.At).ThenBy(p => labels[(int)p.Item]).Select(p => p.Item)];
    }

    /// <summary>The label of a class.</summary>
    /// <param name="name">Its name, whatever the case of its letters, or the label as a number.</param>
    /// <returns>From 0 to one less than there are classes.</returns>
    /// <exception cref="ArgumentException">There is no such class; lists those there are.</exception>
    public long Find(string name)
    {
        var label = Names.Index().Where(n => n.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(n => n.Index)
            .DefaultIfEmpty(-1).First();
        return label >= 0 ? label
            : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Count ? number
            : throw new ArgumentException($"There is no class '{name}'; there are {string.Join(", ", Names)}.");
    }

    /// <summary>Draws labels, each class as often as the data have it.</summary>
    /// <param name="count">How many, at least 1. The first ones do not depend on it.</param>
    /// <param name="seed">Chooses them.</param>
    /// <returns>int64, shape (count), on the CPU. The caller disposes it.</returns>
    public Tensor Draw(long count, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed) ^ 0x2545F4914F6CDD1DUL);
        var ends = tensor(Counts.ToArray(), ScalarType.Float64).cumsum(0); // (K)
        var places = rand(count, dtype: ScalarType.Float64, generator: random) * ends[-1]; // (N)
        return bucketize(places, ends, right: true).clamp_max(Count - 1).MoveToOuterDisposeScope();
    }
}
