using System.Text;

namespace ResearchKit.Data.Text;

/// <summary>The characters that lines are made of, each with its number, and after them the padding that fills a line up; no padding where
/// all lines are equally long.</summary>
/// <remarks>A character is a Unicode code point. Character i of <see cref="Characters"/> has the number i; the padding has the last one,
/// <see cref="Padding"/>.</remarks>
public sealed class Vocabulary
{
    /// <summary>The most characters that a vocabulary has, without the padding; 2,048 with it, as in the WGAN-GP authors' code.</summary>
    public const int Most = 2047;

    /// <summary>Stands where a line has padding before its end, which only generated ones have; no character of a vocabulary.</summary>
    public const string Gap = "∅";

    private const int Shown = 100;

    private readonly Rune[] _characters;
    private readonly Dictionary<Rune, long> _numbers;

    /// <summary>Takes characters.</summary>
    /// <param name="characters">1 to <see cref="Most"/>, none twice, no control characters and no <see cref="Gap"/>, in their
    /// order.</param>
    /// <param name="padded">False for no padding: every line then has the full length.</param>
    /// <exception cref="ArgumentException">They are others.</exception>
    public Vocabulary(string characters, bool padded = true)
    {
        IsPadded = padded;
        _characters = [.. characters.EnumerateRunes()];
        _numbers = _characters.Distinct().Index().ToDictionary(c => c.Item, c => (long)c.Index);
        if (_characters.Length is 0 or > Most || _numbers.Count != _characters.Length || !Array.TrueForAll(_characters, IsOne))
        {
            throw new ArgumentException($"A vocabulary has 1 to {Most} characters, none twice, no control characters and no {Gap}.",
                nameof(characters));
        }
    }

    /// <summary>The letters a to z.</summary>
    public static Vocabulary Letters { get; } = new("abcdefghijklmnopqrstuvwxyz");

    /// <summary>The characters in their order, without the padding.</summary>
    public string Characters => string.Concat(_characters);

    /// <summary>Whether there is padding.</summary>
    public bool IsPadded { get; }

    /// <summary>V: the characters, and the padding where there is one.</summary>
    public int Count => _characters.Length + (IsPadded ? 1 : 0);

    /// <summary>The number of the padding, after those of the characters; none has it where there is no padding.</summary>
    public int Padding => _characters.Length;

    /// <summary>The characters that occur in lines, in the order of their code points.</summary>
    /// <param name="lines">At least one that is not empty.</param>
    /// <returns>All of them, or where there are more than <see cref="Most"/> the most frequent ones, of equally frequent ones the
    /// first.</returns>
    /// <exception cref="ArgumentException">There is no character.</exception>
    public static Vocabulary Of(IEnumerable<string> lines)
    {
        var counts = lines.SelectMany(line => line.EnumerateRunes()).Where(IsOne).CountBy(c => c);
        return new Vocabulary(string.Concat(counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Value).Take(Most)
            .Select(c => c.Key).OrderBy(c => c.Value)));
    }

    /// <summary>Whether it has every character of a line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>True for a line without characters too.</returns>
    public bool Covers(string line) => line.EnumerateRunes().All(_numbers.ContainsKey);

    /// <summary>A line as numbers, filled up with the padding.</summary>
    /// <param name="line">The line.</param>
    /// <param name="length">L: numbers to give, at least the line's characters.</param>
    /// <returns>L numbers from 0 to V - 1.</returns>
    /// <exception cref="ArgumentException">The line is longer, has other characters, or is shorter where there is no padding.</exception>
    public long[] Encode(string line, int length)
    {
        var codes = new long[length];
        Array.Fill(codes, Padding);
        foreach (var (i, character) in line.EnumerateRunes().Index())
        {
            codes[i < length ? i : throw new ArgumentException($"The line '{line}' has more than {length} characters.", nameof(line))] =
                _numbers.TryGetValue(character, out var code) ? code
                : throw new ArgumentException($"The line '{line}' has the character '{character}', which is not in the vocabulary.",
                    nameof(line));
        }

        return IsPadded || codes.Length == 0 || codes[^1] != Padding ? codes
            : throw new ArgumentException($"The line '{line}' has fewer than {length} characters, and this vocabulary has no padding.",
                nameof(line));
    }

    /// <summary>The line that numbers stand for: padding at the end falls away, padding before it is shown as <see cref="Gap"/>.</summary>
    /// <param name="codes">Numbers from 0 to V - 1.</param>
    /// <returns>The line; empty for padding alone.</returns>
    public string Decode(ReadOnlySpan<long> codes)
    {
        var text = new StringBuilder();
        foreach (var code in codes.TrimEnd(Padding))
        {
            text.Append(code == Padding ? Gap : _characters[code].ToString());
        }

        return text.ToString();
    }

    /// <summary>The lines that generated samples stand for: the most probable character in each place.</summary>
    /// <param name="samples">Shape (B, V, L), floats, on any device; one-hot, probabilities or logits. They stay the caller's.</param>
    /// <returns>B lines of at most L characters.</returns>
    public IReadOnlyList<string> Decode(Tensor samples)
    {
        using var codes = samples.argmax(1); // (B, L)
        return Lines(codes);
    }

    /// <summary>The lines that numbers stand for, each as <see cref="Decode(ReadOnlySpan{long})"/> has it.</summary>
    /// <param name="tokens">Numbers from 0 to V - 1, int64, shape (B, L), on any device. They stay the caller's.</param>
    /// <returns>B lines of at most L characters.</returns>
    public IReadOnlyList<string> Lines(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var (count, length) = (tokens.shape[0], (int)tokens.shape[1]);
        var codes = tokens.cpu().contiguous().data<long>().ToArray();
        return [.. Enumerable.Range(0, (int)count).Select(i => Decode(codes.AsSpan(i * length, length)))];
    }

    /// <summary>How many characters there are, and which, or the first of them.</summary>
    public override string ToString() => $"{_characters.Length} characters{(IsPadded ? " and the padding" : "")}: " +
        (_characters.Length < Shown ? Characters : $"{string.Concat(_characters.Take(Shown))}...");

    private static bool IsOne(Rune character) => !Rune.IsControl(character) && character.ToString() != Gap;
}
