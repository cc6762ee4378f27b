using ResearchKit.Runtime;

namespace ResearchKit.Metrics;

/// <summary>Inception Score: how sure a classifier is of each sample, and how many classes it sees in all of them.</summary>
/// <param name="Mean">Mean over the splits, from 1 to the number of classes.</param>
/// <param name="StandardDeviation">Its standard deviation over the splits, divided by their number (not less one).</param>
/// <remarks>Salimans et al., arXiv:1606.03498, section 4, as torch-fidelity computes it: exp(mean KL(p(y|x), p(y))) in each of ten splits
/// of the shuffled set, float64. Others differ: torchmetrics divides by splits - 1, StudioGAN takes one split. It is an Inception Score
/// only with Inception's 1,008 logits without bias; with another classifier it is that classifier's. Deviation: p(y) is formed from
/// logarithms, so that a class which no sample has is 0 and not NaN.</remarks>
public sealed record InceptionScore(double Mean, double StandardDeviation)
{
    internal IReadOnlyList<MetricValue> Values => [new("classifier-score", Mean, StandardDeviation)];

    /// <summary>Scores a set by its logits.</summary>
    /// <param name="logits">Shape (N, classes), N >= splits, any float dtype and device.</param>
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

        var logP = x.log_softmax(1); // (N, classes)
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
