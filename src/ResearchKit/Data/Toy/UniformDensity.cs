namespace ResearchKit.Data.Toy;

/// <summary>The uniform density on an interval of the line: one whose support has an edge.</summary>
public sealed class UniformDensity : ToyDensity
{
    private readonly double _low;
    private readonly double _high;

    /// <summary>Creates the density.</summary>
    /// <param name="low">The interval's start.</param>
    /// <param name="high">The interval's end, above its start.</param>
    /// <exception cref="ArgumentException">The interval is empty or not finite.</exception>
    public UniformDensity(double low, double high)
        : base("uniform", 1)
    {
        if (!(low < high) || !double.IsFinite(high - low))
        {
            throw new ArgumentException($"The interval [{low}, {high}] is empty or not finite.", nameof(high));
        }

        _low = low;
        _high = high;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(int count, Generator random) =>
        _low + (_high - _low) * rand(count, 1, ScalarType.Float64, generator: random);

    /// <inheritdoc/>
    protected override Tensor LogDensityOf(Tensor points)
    {
        var x = points.squeeze(1); // (N)
        return where((x >= _low).logical_and(x <= _high), full_like(x, -Math.Log(_high - _low)), full_like(x, double.NegativeInfinity));
    }
}
