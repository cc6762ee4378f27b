using ResearchKit.Runtime;

namespace ResearchKit.Metrics;

/// <summary>Inception Score: how sure a classifier is of each sample, and how many classes it sees in all of them.</summary>
/// <param name="Mean">Mean over the splits, from 1 to the number of classes.</param>
/// <param name="StandardDeviation">Its standard deviation over the splits, divided by their number (not less one).</param>
/// <remarks>Salimans et al., arXiv:1606.03498, section 4, as torch-fidelity computes it: exp(mean KL(p(y|x), p(y))) in each of ten splits
/// of the shuffled set, float64. Others differ: torchmetrics divides by splits - 1, StudioGAN takes one split. It is an Inception Score
/// only with Inception's 1,008 logits without bias; with another classifier it is that classifier's. Deviation: p(y) is formed from
/// logarithms, so that a class which no sample has is 0 and not NaN. Rows that are probabilities already
/// (<see cref="AreProbabilities"/>) are taken as such: a second softmax would flatten them, and the score would be near 1.</remarks>
public sealed record InceptionScore(double Mean, double StandardDeviation)
{
    internal IReadOnlyList<MetricValue> Values =>
        [new("classifier-score", Mean, MetricRole.Overall, MetricAim.Higher, Least: 1, Spread: StandardDeviation)];

    /// <summary>Whether numbers are probabilities and no logits: every one is in [0, 1], and every row sums to 1 to 1e-4.</summary>
    /// <param name="logits">Shape (N, classes), N >= 1, any float dtype and device.</param>
    /// <exception cref="ArgumentException">Rank is not 2, there is no row, or a number is NaN or infinite.</exception>
    public static bool AreProbabilities(Tensor logits)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(logits, nameof(logits), minimumRows: 1);
        return x.min().item<double>() >= 0 && x.max().item<double>() <= 1 && (x.sum(1) - 1).abs().max().item<double>() <= 1e-4;
    }

    /// <summary>Scores a set by its logits.</summary>
    /// <param name="logits">Shape (N, classes), N >= splits, any float dtype and device; or probabilities.</param>
    /// <param name="splits">Parts, at least 1: part i has the rows from i N / splits to (i + 1) N / splits.</param>
    /// <param name="shuffle">Whether the rows are shuffled first.</param>
    /// <param name="seed">Of NumPy's <c>RandomState</c> for the shuffle, from 0 to 2^32 - 1.</param>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer rows than splits, or a number is NaN or infinite.</exception>
    public static InceptionScore Of(Tensor logits, int splits = 10, bool shuffle = true, long seed = 2020)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(logits, nameof(logits), minimumRows: splits); // (N, classes)
        var n = x.shape[0];
        if (shuffle)
        {
            x = x.index_select(0, tensor(new NumpyRandom(seed).Permutation(checked((int)n))));
        }

        // (N, classes); the floor keeps 0 log 0 from being NaN and is far below what float64 sums see
        var logP = AreProbabilities(x) ? x.clamp_min(1e-300).log() : x.log_softmax(1);
        var scores = new double[splits];
        for (var i = 0; i < splits; i++)
        {
            var part = logP.slice(0, i * n / splits, (i + 1) * n / splits, 1);
            var logQ = part.logsumexp(0, keepdim: true) - Math.Log(part.shape[0]); // (1, classes)
            scores[i] = (part.exp() * (part - logQ)).sum(1).mean().exp().item<double>();
        }

        var mean = scores.Average();
        return new InceptionScore(mean, Math.Sqrt(scores.Average(s => (s - mean) * (s - mean))));
    }
}
