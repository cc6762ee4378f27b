namespace ResearchKit.Data.Toy;

/// <summary>Two half circles that reach into each other, with Gaussian noise.</summary>
/// <remarks>scikit-learn's make_moons: the outer one (cos t, sin t), the inner one (1 - cos t, 1/2 - sin t), t uniform in [0, pi]; here
/// each point chooses its moon at random. The density has no closed form.</remarks>
/// <param name="noise">The noise's standard deviation, not negative.</param>
public sealed class TwoMoons(double noise = 0.05) : ToyDistribution("two moons", 2)
{
    private readonly double _noise = NotNegative(noise);

    /// <inheritdoc/>
    protected override Tensor Draw(int count, Generator random)
    {
        var t = Math.PI * rand(count, ScalarType.Float64, generator: random); // (N)
        var isInner = (rand(count, ScalarType.Float64, generator: random) < 0.5).to(ScalarType.Float64); // (N), 0 or 1
        var side = 1 - 2 * isInner; // 1 outer, -1 inner
        var moons = stack([isInner + side * t.cos(), isInner / 2 + side * t.sin()], 1); // (N, 2)
        return moons + _noise * randn(count, 2, ScalarType.Float64, generator: random);
    }
}
