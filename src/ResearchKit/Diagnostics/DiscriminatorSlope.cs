using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics;

/// <summary>How steep a discriminator is: the Euclidean norm of its logit's gradient by the sample. A 1-Lipschitz critic has a slope of at
/// most 1 everywhere.</summary>
public static class DiscriminatorSlope
{
    /// <summary>The slope at samples. The network is read in evaluation mode and put back into its own.</summary>
    /// <param name="discriminator">D, giving one logit a sample, twice differentiable or not.</param>
    /// <param name="samples">Shape (B, ...), B >= 1, as D takes them.</param>
    /// <returns>B numbers >= 0, in logits per unit of the samples, the norm over all values of a sample.</returns>
    /// <exception cref="ArgumentException">There is no sample, D gives another number of logits, or they do not depend on the
    /// samples.</exception>
    public static double[] At(nn.Module<Tensor, Tensor> discriminator, Tensor samples)
    {
        ThrowIf(samples.dim() < 2 || samples.shape[0] < 1,
            $"A slope is taken at samples of shape (B, ...) with B >= 1, not {Shape(samples)}.", nameof(samples));
        using var gradients = enable_grad();
        using var scope = NewDisposeScope();
        using var quiet = new EvaluationMode(discriminator);
        var x = samples.detach().requires_grad_();
        var slopes = InputGradient.OfLogits(discriminator.call(x), x); // (B, D)
        return slopes.detach().norm(1).to(ScalarType.Float64, CPU).data<double>().ToArray();
    }

    /// <summary>The slope at random points between real and generated samples, where <see cref="WganGpPenalty"/> looks.</summary>
    /// <param name="discriminator">D.</param>
    /// <param name="real">Shape (B, ...).</param>
    /// <param name="fake">The same shape.</param>
    /// <param name="seed">Chooses the points: one uniform mixing weight a pair.</param>
    /// <returns>B numbers, as in <see cref="At"/>.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or as in <see cref="At"/>.</exception>
    public static double[] Between(nn.Module<Tensor, Tensor> discriminator, Tensor real, Tensor fake, long seed)
    {
        ThrowIf(!real.shape.SequenceEqual(fake.shape),
            $"Points between real and generated samples need pairs, one shape for both, not {Shape(real)} and " +
                $"{Shape(fake)}.", nameof(fake));
        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed));
        return At(discriminator, WganGpPenalty.PointsBetween(real, fake, random));
    }
}
