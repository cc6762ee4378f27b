using ResearchKit.Data.Catalog;
using ResearchKit.Metrics.Text;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Text;

public class OracleReadingTests
{
    /// <summary>tests/peers/seqgan.py, by the definition.</summary>
    [Fact]
    public void Self_BLEU_of_words_is_what_the_definition_gives()
    {
        var reference = new ReferenceTensors(Repository.Reference("seqgan.safetensors"));
        string[] words = [.. DataCatalog.Find().LoadLines("words", "test").Where((_, i) => i % 53 == 0)];
        Assert.All(reference["self_bleu"].data<double>().ToArray().Zip(SelfBleu.Lengths),
            e => Assert.Equal(e.First, SelfBleu.Of(words, e.Second), 1e-12));
    }

    [Fact]
    public void Self_BLEU_has_its_closed_forms()
    {
        Assert.Equal(1, SelfBleu.Of(["abcd", "abcd"], 4), 1e-15);
        Assert.Equal(Math.Sqrt(0.1 / 2 * (0.1 / 1)), SelfBleu.Of(["ab", "cd"], 2), 1e-15); // nothing in common
        Assert.Equal(0.5, SelfBleu.Of(["aa", "ab"], 1), 1e-15); // "aa" counts one of its two, "ab" one of its two
        Assert.Equal((Math.Exp(-1) + 0.5) / 2, SelfBleu.Of(["a", "ab"], 1), 1e-15); // the shorter one is punished
        Assert.Equal(1, SelfBleu.Of(["𝄞b", "𝄞b"], 2), 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => SelfBleu.Of(["a"], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => SelfBleu.Of(["a", "b"], 0));
    }

    [Fact]
    public void An_untrained_generator_scores_as_uniform_tokens_and_collapse_better_than_the_oracle()
    {
        using var scope = NewDisposeScope();
        using var oracle = SequenceOracle.OfLines(12);
        var (own, heldOut) = (oracle.Draw(1500, 1), oracle.Draw(1500, 2));
        var real = OracleReading.Of(own, oracle, SequenceOracle.Vocabulary);
        var untrained = new SeqGanGenerator(SequenceOracle.Vocabulary, 12);
        var reading = OracleReading.Of(untrained, oracle, heldOut, 1500);
        Assert.InRange(reading.NllOracle, real.NllOracle + 2, oracle.NegativeLogLikelihood(oracle.Uniform(1500, 3)) + 0.1);
        Assert.Equal(Math.Log(64), reading.NllGenerator, 0.05); // nearly uniform
        Assert.Equal(1, reading.Distinct);
        Assert.True(double.IsNaN(real.NllGenerator));
        var collapsed = OracleReading.Of(oracle.Greedy().expand(1500, -1), oracle, SequenceOracle.Vocabulary);
        Assert.True(collapsed.NllOracle < real.NllOracle - 0.5);
        Assert.Equal((1.0 / 1500, 1), (collapsed.Distinct, Math.Round(collapsed.SelfBleu[^1], 12)));
        using var convolutions = new TextWganGpGenerator(SequenceOracle.Vocabulary, 12, 4, 4);
        Assert.True(double.IsNaN(OracleReading.Of(convolutions, oracle, heldOut, 10).NllGenerator));
        using var other = new TextWganGpGenerator(SequenceOracle.Vocabulary, 8, 4, 4);
        Assert.Contains("The oracle reads lines of 12 of its 64 tokens, and this TextWganGpGenerator makes lines of 8 of 64",
            Assert.Throws<ArgumentException>(() => OracleReading.Of(other, oracle, heldOut, 10)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lower_temperatures_trade_variety_for_probability()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(4);
        using var oracle = SequenceOracle.OfLines(8);
        var g = new SeqGanGenerator(SequenceOracle.Vocabulary, 8) { Temperature = 0.9 };
        using (no_grad())
        {
            g.parameters().ToList().ForEach(p => p.mul_(10)); // as sharp as the oracle
        }

        var curve = TemperatureSweep.Of(g, oracle, oracle.Draw(500, 2), [0.5, 1, 1.5], 500);
        Assert.Equal([0.5, 1, 1.5], curve.Select(p => p.Temperature));
        Assert.Equal(0.9, g.Temperature);
        Assert.True(curve[0].Reading.SelfBleu[0] > curve[2].Reading.SelfBleu[0] && curve[0].Reading.NllGenerator
            > curve[2].Reading.NllGenerator); // a wrong G is less wrong when it is less sure
        using var convolutions = new TextWganGpGenerator(SequenceOracle.Vocabulary, 8, 4, 4);
        Assert.Contains("draws no tokens", Assert.Throws<ArgumentException>(() =>
            TemperatureSweep.Of(convolutions, oracle, oracle.Draw(10, 2))).Message, StringComparison.Ordinal);
    }
}
