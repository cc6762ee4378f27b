using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Squared maximum mean discrepancy under a Gaussian kernel, biased, times 1000: the formula of CMMD for given
/// embeddings.</summary>
/// <remarks>Gretton et al., JMLR 13 (2012), eq. 5, with the kernel and the factor of Jayasumana et al., arXiv:2401.09603. It is
/// CMMD only where the features are CLIP ViT-L/14-336 embeddings of length 1; they are taken as they are. On vectors of length 1 the kernel
/// is so wide that the value is nearly 10 |difference of the means|^2, so it is nearly blind to a collapse that keeps the mean.</remarks>
public static class MaximumMeanDiscrepancy
{
    /// <summary>The discrepancy of two sets.</summary>
    /// <param name="generated">Embeddings of generated samples, shape (N, D), N >= 2, any float dtype and device.</param>
    /// <param name="real">Embeddings of real samples, shape (M, D), M >= 2.</param>
    /// <param name="sigma">The kernel exp(-d^2 / (2 sigma^2)), above 0.</param>
    /// <returns>From 0 for equal sets to 2000. Symmetric in its arguments.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has fewer than 2 rows, or a number is NaN or
    /// infinite.</exception>
    public static double Of(Tensor generated, Tensor real, double sigma = 10)
    {
        ThrowIfOutside(!(sigma > 0), sigma, "The width of a Gaussian kernel must be above 0.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real);
        return Math.Max(0, 1000 * (Mean(x, x) + Mean(y, y) - 2 * Mean(x, y)));

        // of the kernel less 1: the ones of a wide kernel would eat the digits
        double Mean(Tensor a, Tensor b)
        {
            var sum = ReferenceEquals(a, b) ? a.shape[0] : 0.0; // a row's distance from itself is given as infinite, where it is 0
            Neighbours.ForStrips(a, b, (_, squares) => sum += squares.mul_(-0.5 / (sigma * sigma)).expm1_().sum().item<double>());
            return sum / a.shape[0] / b.shape[0];
        }
    }
}
