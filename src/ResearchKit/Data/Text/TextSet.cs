using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ResearchKit.Files;

namespace ResearchKit.Data.Text;

/// <summary>Lines of text that fit one length and one vocabulary. Networks see them one-hot, shape (B, V, L).</summary>
public sealed class TextSet
{
    private const int LongestByItself = 32; // the WGAN-GP authors' length
    private const int Step = 4;

    /// <summary>Takes lines.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="lines">The lines, each of at most <paramref name="length"/> characters of the vocabulary; at least one.</param>
    /// <param name="vocabulary">The characters.</param>
    /// <param name="length">L, at least 1.</param>
    /// <exception cref="ArgumentException">There is no line, or the first that does not fit.</exception>
    public TextSet(string name, IReadOnlyList<string> lines, Vocabulary vocabulary, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfZero(lines.Count, nameof(lines));
        foreach (var line in lines)
        {
            var fits = LengthOf(line) is var count && (count == length || (count < length && vocabulary.IsPadded));
            _ = fits && vocabulary.Covers(line) ? null : vocabulary.Encode(line, length); // says what does not fit
        }

        (Name, Lines, Vocabulary, Length) = (name, lines, vocabulary, length);
    }

    /// <summary>What the set is called in reports.</summary>
    public string Name { get; }

    /// <summary>The lines.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The characters.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>L: the characters of a sample, padding included.</summary>
    public int Length { get; }

    /// <summary>How many lines.</summary>
    public int Count => Lines.Count;

    /// <summary>Which lines were left out and how many, in a line each.</summary>
    public IReadOnlyList<string> LeftOut { get; private init; } = [];

    /// <summary>Reads a text file.</summary>
    /// <param name="path">The file, as <see cref="TextFile.Read"/> takes it.</param>
    /// <param name="length">L; null for the longest line's characters up to 32, rounded up to a multiple of 4. Longer lines are left
    /// out.</param>
    /// <returns>The lines that fit, in their order; the characters are those that occur in them. Where these are more than
    /// <see cref="Vocabulary.Most"/>, lines with the rarest are left out too. <see cref="LeftOut"/> counts both.</returns>
    /// <exception cref="DataFileException">The file cannot be read, or no line is short enough.</exception>
    public static TextSet Read(string path, int? length = null) => Fit(path, TextFile.Read(path), length);

    /// <summary>Takes those of lines that fit, as <see cref="Read"/> does.</summary>
    /// <inheritdoc cref="Read"/>
    /// <param name="name">What the set is called in reports and errors.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="length">As in <see cref="Read"/>.</param>
    public static TextSet Fit(string name, IReadOnlyList<string> lines, int? length = null)
    {
        var most = length ?? LongestByItself;
        var fitting = lines.Where(line => LengthOf(line) <= most && !line.Contains(Vocabulary.Gap, StringComparison.Ordinal)).ToList();
        if (fitting.Count == 0)
        {
            throw new DataFileException(name, $"none of its {lines.Count} lines has at most {most} characters (the shortest has " +
                $"{lines.Min(LengthOf)}): give a greater length with --size (imageSize), or a file of shorter lines.");
        }

        var vocabulary = Vocabulary.Of(fitting);
        var kept = fitting.FindAll(vocabulary.Covers);
        if (kept.Count == 0)
        {
            throw new DataFileException(name, $"each of its lines has a rare character, and {Vocabulary.Most} characters are learned at " +
                "most; give a file with fewer different characters.");
        }

        var (tooLong, odd) = (lines.Count(line => LengthOf(line) > most), fitting.Count - kept.Count);
        return new TextSet(name, kept, vocabulary, length ?? (kept.Max(LengthOf) + Step - 1) / Step * Step)
        {
            LeftOut = [.. Counted(tooLong, $"longer than {most} characters"),
                .. Counted(lines.Count - fitting.Count - tooLong, $"with {Vocabulary.Gap}, which stands for padding"),
                .. Counted(odd, $"with rare characters ({Vocabulary.Most} are learned)")],
        };

        static IEnumerable<string> Counted(int count, string which) =>
            count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "line" : "lines")} {which}")];
    }

    /// <summary>Picks lines.</summary>
    /// <param name="indices">Each in [0, Count); at least one.</param>
    /// <returns>A set of the same name, vocabulary and length.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or one is out of its range.</exception>
    public TextSet Select(IEnumerable<long> indices) => new(Name, [.. indices.Select(i => Lines[(int)i])], Vocabulary, Length);

    /// <summary>All lines as numbers.</summary>
    /// <returns>int64, shape (N, L), on the CPU. The caller disposes it.</returns>
    public Tensor Tokens() => Tokens([.. Enumerable.Range(0, Count).Select(i => (long)i)]);

    /// <summary>Lines as networks see them.</summary>
    /// <param name="indices">Each in [0, Count); B of them.</param>
    /// <returns>float32, shape (B, V, L): 1 for the character that stands in a place, else 0; after a line's end the padding is 1. The
    /// caller disposes it.</returns>
    public Tensor OneHot(IReadOnlyList<long> indices)
    {
        using var scope = NewDisposeScope();
        var places = nn.functional.one_hot(Tokens(indices), Vocabulary.Count); // (B, L, V)
        return places.transpose(1, 2).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope(); // (B, V, L)
    }

    private Tensor Tokens(IReadOnlyList<long> indices)
    {
        using var codes = tensor([.. indices.SelectMany(i => Vocabulary.Encode(Lines[(int)i], Length))]);
        return codes.reshape(indices.Count, Length); // (B, L)
    }

    /// <summary>SHA-256 of the length, the vocabulary and all lines, in order.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(Vocabulary.IsPadded ? Length : -Length)); // the sign tells of no padding
        foreach (var line in Lines.Prepend(Vocabulary.Characters))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The name, the number, the length and the vocabulary.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Count:N0} lines of at most {Length} characters; {Vocabulary}");

    /// <summary>The characters of a line: Unicode code points.</summary>
    internal static int LengthOf(string line) => line.EnumerateRunes().Count();
}

/// <summary>Shuffled batches of lines, one-hot, shape (BatchSize, V, L).</summary>
/// <param name="set">The lines.</param>
/// <param name="batchSize">Lines a batch, at most as many as there are.</param>
/// <param name="seed">Chooses the order.</param>
/// <param name="device">Where batches come; null for the CPU.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public sealed class TextBatches(TextSet set, int batchSize, long seed, Device? device = null)
    : SampledBatches(set.Count, batchSize, seed)
{
    /// <inheritdoc/>
    protected override Batch Take(Tensor indices)
    {
        using var scope = NewDisposeScope();
        return set.OneHot(indices.data<long>().ToArray()).to(device ?? CPU).MoveToOuterDisposeScope(); // (B, V, L)
    }
}
