using ResearchKit.Files;

namespace ResearchKit.Data.Toy;

/// <summary>A distribution whose density is known exactly, so that a learned discriminator can be held against the best one.</summary>
/// <inheritdoc/>
public abstract class ToyDensity(string name, int dimensions) : ToyDistribution(name, dimensions)
{
    /// <summary>log p(x), exact.</summary>
    /// <param name="points">Shape (N, Dimensions), any float dtype.</param>
    /// <returns>float64, shape (N), on the points' device, natural logarithm; -infinity where the density is 0. The caller disposes
    /// it.</returns>
    /// <exception cref="ArgumentException">The points have another shape.</exception>
    public Tensor LogDensity(Tensor points)
    {
        if (points.dim() != 2 || points.shape[1] != Dimensions)
        {
            throw new ArgumentException($"{Name} has points of shape (N, {Dimensions}), not {TensorShape.Show(points.shape)}.",
                nameof(points));
        }

        using var scope = NewDisposeScope();
        return LogDensityOf(points.to(ScalarType.Float64)).MoveToOuterDisposeScope();
    }

    /// <summary>The best discriminator between this distribution (real) and another (fake): D*(x) = p(x) / (p(x) + q(x)).</summary>
    /// <param name="fake">q.</param>
    /// <param name="points">Shape (N, Dimensions).</param>
    /// <returns>float64, shape (N), in [0, 1]; NaN where both densities are 0. The caller disposes it.</returns>
    /// <remarks>Goodfellow et al., arXiv:1406.2661, proposition 1, as sigmoid(log p - log q), which does not underflow.</remarks>
    public Tensor OptimalDiscriminator(ToyDensity fake, Tensor points)
    {
        using var scope = NewDisposeScope();
        return (LogDensity(points) - fake.LogDensity(points)).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>log p(x) of checked float64 points; temporaries may be left to the caller's scope.</summary>
    /// <param name="points">float64, shape (N, Dimensions).</param>
    protected abstract Tensor LogDensityOf(Tensor points);
}
