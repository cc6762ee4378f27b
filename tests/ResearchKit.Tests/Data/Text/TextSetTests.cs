using ResearchKit.Data.Text;
using ResearchKit.Files;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Text;

public sealed class TextSetTests
{
    [Fact]
    public void Lines_too_long_are_left_out_and_the_length_is_the_longest_rounded_up()
    {
        var set = TextSet.Fit("s", ["bad", new string('x', 33), "cab a", "dé"]);
        Assert.Equal(["bad", "cab a", "dé"], set.Lines);
        Assert.Equal((8, " abcdé", 7), (set.Length, set.Vocabulary.Characters, set.Vocabulary.Count));
        Assert.Equal(["1 line longer than 32 characters"], set.LeftOut);
        Assert.Equal("s: 3 lines of at most 8 characters; 6 characters and the padding:  abcdé", set.ToString());
        var given = TextSet.Fit("s", ["bad", "cab a", "dé"], 3);
        Assert.Equal((3, "abdé"), (given.Length, given.Vocabulary.Characters));
        Assert.Equal("s: none of its 2 lines has at most 2 characters (the shortest has 3): give a greater length with --size " +
            "(imageSize), or a file of shorter lines.",
            Assert.Throws<DataFileException>(() => TextSet.Fit("s", ["bad", "cab a"], 2)).Message);
    }

    [Fact]
    public void Lines_with_the_rarest_of_too_many_characters_are_left_out()
    {
        // of 2,050 characters two stand twice, the first and one that would else be too many
        var set = TextSet.Fit("s",
            [.. Enumerable.Range(0, Vocabulary.Most + 3).Select(i => char.ConvertFromUtf32(0x10000 + i)), "\U00010000\U00010801"]);
        Assert.True(set.Vocabulary.Covers("\U00010801"));
        Assert.Equal(Vocabulary.Most + 1, set.Vocabulary.Count);
        Assert.Equal(["3 lines with rare characters (2047 are learned)"], set.LeftOut);
        Assert.Equal(["1 line with ∅, which stands for padding"], TextSet.Fit("s", ["a", "∅"]).LeftOut);
    }

    [Fact]
    public void A_line_is_one_hot_with_the_padding_last_and_comes_back()
    {
        using var scope = NewDisposeScope();
        var set = new TextSet("s", ["ba", "", "𝄞ab𝄞"], new Vocabulary("ab𝄞"), 4);
        var x = set.OneHot([2, 0, 1]);
        Assert.Equal((ScalarType.Float32, "3,4,4"), (x.dtype, string.Join(",", x.shape)));
        Assert.Equal([0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0], x[0].data<float>().ToArray()); // rows a, b, 𝄞, padding
        Assert.Equal([0, 0, 1, 1], x[1, 3].data<float>().ToArray());
        Assert.Equal(["𝄞ab𝄞", "ba", ""], set.Vocabulary.Decode(x));
    }

    [Fact]
    public void The_most_probable_character_counts_and_padding_inside_a_line_is_shown()
    {
        using var scope = NewDisposeScope();
        var vocabulary = new Vocabulary("ab");
        float[] values = [0.5f, 0.2f, 0.3f, 0.1f, 0.3f, 0.1f, 0.3f, 0.2f, 0.2f, 0.7f, 0.4f, 0.7f];
        using var p = tensor(values).reshape(1, 3, 4); // most probable: 0, 2, 2, 2
        Assert.Equal(["a"], vocabulary.Decode(p));
        Assert.Equal("∅a∅b", vocabulary.Decode([2, 0, 2, 1, 2, 2]));
        Assert.Equal([1, 0, 2], vocabulary.Encode("ba", 3));
    }

    [Fact]
    public void Without_padding_every_line_has_the_full_length()
    {
        using var scope = NewDisposeScope();
        var vocabulary = new Vocabulary("ab", padded: false);
        Assert.Equal((2, "2 characters: ab"), (vocabulary.Count, vocabulary.ToString()));
        var set = new TextSet("s", ["ab", "bb"], vocabulary, 2);
        Assert.Equal([2, 2, 2], set.OneHot([1, 0]).shape);
        Assert.Equal([0, 1, 1, 1], set.Tokens().data<long>().ToArray());
        Assert.Equal(["ab", "bb"], vocabulary.Lines(set.Tokens()));
        Assert.NotEqual(set.Fingerprint(), new TextSet("s", ["ab", "bb"], new Vocabulary("ab"), 2).Fingerprint());
        Assert.Contains("The line 'a' has fewer than 2 characters, and this vocabulary has no padding.",
            Assert.Throws<ArgumentException>(() => new TextSet("s", ["ab", "a"], vocabulary, 2)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("aa")]
    [InlineData("a\n")]
    [InlineData("a\u001b")]
    [InlineData("a∅")]
    public void Other_vocabularies_are_refused(string characters) => Assert.Contains("A vocabulary has 1 to 2047 characters, none twice",
        Assert.Throws<ArgumentException>(() => new Vocabulary(characters)).Message, StringComparison.Ordinal);

    [Fact]
    public void Lines_that_do_not_fit_are_refused()
    {
        Refused("The line 'abc' has more than 2 characters.", "abc");
        Refused("The line 'x' has the character 'x', which is not in the vocabulary.", "x");

        static void Refused(string problem, string line) => Assert.StartsWith(problem,
            Assert.Throws<ArgumentException>(() => new TextSet("s", ["a", line], new Vocabulary("abc"), 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_tells_length_vocabulary_order_and_lines_apart()
    {
        string Of(string characters, int length, params string[] lines) =>
            new TextSet("s", lines, new Vocabulary(characters), length).Fingerprint();
        string[] all = [Of("ab", 2, "a", "b"), Of("abc", 2, "a", "b"), Of("ab", 3, "a", "b"), Of("ab", 2, "b", "a"), Of("ab", 2, "ab")];
        Assert.Equal(5, all.Distinct().Count());
        Assert.Equal(all[0], Of("ab", 2, "a", "b"));
    }

    [Fact]
    public void Batches_are_shuffled_restorable_and_of_the_set()
    {
        using var scope = NewDisposeScope();
        var set = new TextSet("s", ["a", "b", "c", "d", "e", "f"], new Vocabulary("abcdef"), 2);
        using var batches = new TextBatches(set, 3, seed: 3);
        var (first, second) = (batches.NextBatch(), batches.NextBatch());
        Assert.Equal([3, 7, 2], first.shape);
        Assert.Equal(set.Lines, set.Vocabulary.Decode(cat([first, second])).Order());
        batches.Position = default;
        Assert.True(batches.NextBatch().equal(first).all().item<bool>());
    }
}
