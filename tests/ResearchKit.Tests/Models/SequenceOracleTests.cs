using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class SequenceOracleTests
{
    /// <summary>Four fresh oracles of the paper's size in NumPy: own lines 5.81 to 5.97, uniform tokens 11.18 to 11.32.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_oracle_of_the_papers_size_scores_as_others_do(long seed)
    {
        using var scope = NewDisposeScope();
        using var oracle = new SequenceOracle(seed: seed);
        Assert.Equal((5000, 20), (oracle.Tokens, oracle.Length));
        Assert.InRange(oracle.NegativeLogLikelihood(oracle.Draw(1000, 1)), 5.81 - 0.1, 5.97 + 0.1);
        Assert.InRange(oracle.NegativeLogLikelihood(oracle.Uniform(1000, 1)), 11.18 - 0.1, 11.32 + 0.1);
        Assert.InRange(oracle.NegativeLogLikelihood(oracle.Greedy()), 2, 4); // one probable line scores far better
    }

    [Fact]
    public void The_oracle_of_lines_is_the_same_everywhere_and_its_lines_have_its_probabilities()
    {
        using var scope = NewDisposeScope();
        using var oracle = SequenceOracle.OfLines(20);
        using var again = SequenceOracle.OfLines(20);
        Assert.Equal(SequenceOracle.Vocabulary.Count, oracle.Tokens);
        var lines = oracle.Draw(3000, 7);
        Assert.Equal(lines.data<long>().ToArray(), again.Draw(3000, 7).data<long>().ToArray());
        Assert.Equal(lines.narrow(0, 0, 1000).data<long>().ToArray(), oracle.Draw(1000, 7).data<long>().ToArray());
        Assert.NotEqual(lines.data<long>().ToArray(), oracle.Draw(3000, 8).data<long>().ToArray());
        // -log p of what is drawn is the entropy, which other draws agree with; the numbers are this oracle's
        Assert.Equal(oracle.NegativeLogLikelihood(oracle.Draw(3000, 8)), oracle.NegativeLogLikelihood(lines), 0.03);
        Assert.Equal(2.38, oracle.NegativeLogLikelihood(lines), 0.03);
        Assert.Equal(6.49, oracle.NegativeLogLikelihood(oracle.Uniform(3000, 1)), 0.05);
        Assert.Equal(1.3444, oracle.NegativeLogLikelihood(oracle.Greedy()), 1e-3);
    }

    [Fact]
    public void Its_likelihood_sums_to_one_over_all_lines()
    {
        using var scope = NewDisposeScope();
        using var oracle = new SequenceOracle(3, 3, width: 4, seed: 2);
        var total = 0.0;
        for (var i = 0; i < 27; i++)
        {
            using var line = tensor((long[])[i % 3, i / 3 % 3, i / 9]).reshape(1, 3);
            total += Math.Exp(-3 * oracle.NegativeLogLikelihood(line));
        }

        Assert.Equal(1, total, 1e-5);
    }
}
