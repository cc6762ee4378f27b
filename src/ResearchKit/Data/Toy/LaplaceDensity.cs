namespace ResearchKit.Data.Toy;

/// <summary>The Laplace density on the line: a sharp peak with heavy tails.</summary>
public sealed class LaplaceDensity : ToyDensity
{
    private readonly double _mean;
    private readonly double _scale;

    /// <summary>Creates the density exp(-|x - mean| / scale) / (2 scale).</summary>
    /// <param name="mean">Its centre.</param>
    /// <param name="scale">Its width, above 0; the standard deviation is scale times the root of 2.</param>
    /// <exception cref="ArgumentException">The mean is not finite or the scale not above 0.</exception>
    public LaplaceDensity(double mean, double scale)
        : base("Laplace", 1)
    {
        if (!double.IsFinite(mean) || !(scale > 0) || !double.IsFinite(scale))
        {
            throw new ArgumentException($"A Laplace density needs a finite mean and a scale above 0, not {mean} and {scale}.",
                nameof(scale));
        }

        _mean = mean;
        _scale = scale;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(int count, Generator random)
    {
        var u = rand(count, 1, ScalarType.Float64, generator: random) - 0.5; // in [-1/2, 1/2)
        return _mean - _scale * u.sign() * (-2 * u.abs()).log1p(); // the inverse of the distribution function
    }

    /// <inheritdoc/>
    protected override Tensor LogDensityOf(Tensor points) => -(points.squeeze(1) - _mean).abs() / _scale - Math.Log(2 * _scale);
}
