using ResearchKit.Data.Catalog;
using ResearchKit.Metrics.Text;
using ResearchKit.Support;

namespace ResearchKit.Tests.Metrics.Text;

public class TextMetricsTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("text.safetensors"));

    private static DataCatalog Catalog => DataCatalog.Find();

    /// <summary>tests/peers/text.py, by another formula in NumPy.</summary>
    [Fact]
    public void N_grams_of_words_are_as_far_apart_as_NumPy_says()
    {
        var (train, test) = (Catalog.LoadLines("words", "train"), Catalog.LoadLines("words", "test"));
        string[] some = [.. train.Where((_, i) => i % 97 == 0)], others = [.. test.Where((_, i) => i % 11 == 0)];
        var expected = Reference["divergences"].data<double>().ToArray();
        Assert.All(expected.Index(), e => Assert.Equal(e.Item, NgramDivergence.Of(some, others, e.Index + 1), 1e-12));
    }

    [Fact]
    public void Divergences_have_their_closed_forms()
    {
        Assert.Equal(0, NgramDivergence.Of(["ab", "ba"], ["abab", "ba", "ba", "a", "b"], 1), 1e-15); // shares count, not numbers
        Assert.Equal(1, NgramDivergence.Of(["aa"], ["bb"], 1), 1e-15);
        // p = (1/2, 1/2), q = (1, 0): h(3/4) - h(1/2) / 2, h in bits
        Assert.Equal(-(0.75 * Math.Log2(0.75)) - (0.25 * Math.Log2(0.25)) - 0.5, NgramDivergence.Of(["ab"], ["aa"], 1), 1e-14);
        Assert.Equal(NgramDivergence.Of(["ab"], ["aa"], 1), NgramDivergence.Of(["aa"], ["ab"], 1), 1e-15);
        Assert.Equal(0, NgramDivergence.Of(["ab", "c"], ["ab"], 2), 1e-15); // inside lines: no "bc", and "c" has none
        Assert.Equal(1, NgramDivergence.Of(["a", ""], ["ab"], 2));
        Assert.Equal(0, NgramDivergence.Of(["𝄞b"], ["𝄞b"], 2), 1e-15);
        Assert.Equal(1, NgramDivergence.Of(["𝄞"], ["ab"], 2)); // one character, though two of UTF-16
    }

    [Fact]
    public void Lines_are_read_against_known_ones()
    {
        string[] whole = ["sun", "sea", "sky", "sand"], training = ["sun", "sea"];
        var read = LineReading.Of(["sun", "sun", "sky", "sxy", "𝄞"], whole, ["sky", "sand"], training);
        Assert.Equal((0.6, 0.2, 0.8, 0.4, 2.6), (read.Known, read.HeldOut, read.Distinct, read.Copied, read.Length));
        Assert.True(double.IsNaN(LineReading.Of(["sun"], whole, null, training).HeldOut));
    }

    [Fact]
    public void A_report_shows_the_training_beside_where_there_is_some()
    {
        var report = TextReport.Of(["ab", "ab"], ["ab", "ba"], ["ba", "ab", "xx"]);
        Assert.Equal((0, 1), (report.Divergences[0], report.Divergences[2]));
        Assert.Equal((1, 0.5, 1, 2), (report.Reading.Known, report.Reading.Distinct, report.Reading.Copied, report.Reading.Length));
        Assert.Equal(0, report.Training!.Divergences[1], 1e-15); // as many of them as are generated
        Assert.Contains("in the training file     1.0000    1.0000\n", report.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("training", TextReport.Of(["ab"], ["ab"]).ToString(), StringComparison.Ordinal);
    }

    /// <summary>Of 40 pairs of 100 random lines, each interval holds the mean of all in about 95 of 100 cases: at least 32 of 40 have a
    /// chance of 0.9995 then.</summary>
    [Fact]
    public void Intervals_hold_what_the_values_are_on_average()
    {
        var random = new Random(1);
        var reports = Enumerable.Range(0, 40).Select(_ => TextReport.Of(Lines("aaabbc"), Lines("aabbcc"), Lines("abc"))).ToList();
        foreach (var (name, value) in new (string, Func<TextReport, double>)[]
        {
            ("divergence1", r => r.Divergences[0]), ("divergence2", r => r.Divergences[1]), ("divergence3", r => r.Divergences[2]),
            ("length", r => r.Reading.Length), ("copied", r => r.Reading.Copied), ("known", r => r.Reading.Known),
        })
        {
            var mean = reports.Average(value);
            Assert.True(reports.Count(r => r.Intervals[name].Low <= mean && mean <= r.Intervals[name].High) >= 32, name);
            var (width, spread) = (reports.Average(r => r.Intervals[name].High - r.Intervals[name].Low),
                Math.Sqrt(reports.Average(r => Math.Pow(value(r) - mean, 2))));
            Assert.InRange(width, 2.5 * spread, 7 * spread); // 4 in the long run
        }

        string[] Lines(string letters) =>
            [.. Enumerable.Range(0, 100).Select(_ => new string(random.GetItems(letters.AsSpan(), random.Next(3, 8))))];
    }

    [Fact]
    public void A_report_is_written_with_its_intervals()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => $"line {i}")];
        var report = TextReport.Of(lines, lines, lines);
        using var json = System.Text.Json.JsonDocument.Parse(report.ToJson());
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("reading").GetProperty("known").GetDouble());
        Assert.Equal(1, root.GetProperty("intervals").GetProperty("known").GetProperty("high").GetDouble());
        Assert.Equal(report.Intervals["length"].Low, root.GetProperty("intervals").GetProperty("length").GetProperty("low").GetDouble());
        Assert.Equal(4, root.GetProperty("training").GetProperty("divergences").GetArrayLength());
        Assert.Empty(TextReport.Of(lines[1..], lines).Intervals);
        Assert.Equal(["divergence1", "divergence2", "divergence3", "divergence4", "known", "length"],
            TextReport.Of(lines, lines).Intervals.Keys); // nothing was compared with a training
        Assert.True(double.IsNaN(TextReport.Of(lines, lines).Reading.Copied));
    }

    /// <summary>The rules of data/words/make.py.</summary>
    [Fact]
    public void The_kits_words_keep_to_their_rules_and_no_word_is_in_both_parts()
    {
        var (train, test) = (Catalog.LoadLines("words", "train"), Catalog.LoadLines("words", "test"));
        Assert.Equal((46_858, 5_332), (train.Count, test.Count));
        Assert.Equal(52_190, train.Concat(test).Distinct(StringComparer.Ordinal).Count());
        Assert.All(train.Concat(test), word => Assert.Matches("^[a-z]{3,10}$", word));
        Assert.All(train.Select(w => (w, false)).Concat(test.Select(w => (w, true))), w => Assert.Equal(w.Item2,
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(w.w))[0] < 26));
    }
}
