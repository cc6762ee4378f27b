namespace ResearchKit.Data.Toy;

/// <summary>A spiral in the plane with Gaussian noise across it.</summary>
/// <remarks>scikit-learn's make_swiss_roll without its flat axis: t uniform in [1.5 pi, 4.5 pi], x = t cos t, y = t sin t, plus noise;
/// divided by 7.5, as in the toy experiments of Gulrajani et al., arXiv:1704.00028. The density has no closed form.</remarks>
/// <param name="noise">The noise's standard deviation before the division, not negative.</param>
public sealed class SwissRoll(double noise = 0.25) : ToyDistribution("swiss roll", 2)
{
    private const double Scale = 7.5;

    private readonly double _noise = NotNegative(noise);

    /// <inheritdoc/>
    protected override Tensor Draw(int count, Generator random)
    {
        var t = 1.5 * Math.PI * (1 + 2 * rand(count, ScalarType.Float64, generator: random)); // (N)
        var spiral = stack([t * t.cos(), t * t.sin()], 1); // (N, 2)
        return (spiral + _noise * randn(count, 2, ScalarType.Float64, generator: random)) / Scale;
    }
}
