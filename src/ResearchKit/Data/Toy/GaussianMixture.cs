using System.Globalization;

namespace ResearchKit.Data.Toy;

/// <summary>A mixture of round Gaussians, in any number of dimensions.</summary>
/// <remarks>The rings and grids below are the data on which mode collapse is measured: Lin et al. (PacGAN), arXiv:1712.04086, section 4.1;
/// Srivastava et al. (VEEGAN), arXiv:1705.07761.</remarks>
public sealed class GaussianMixture : ToyDensity
{
    private readonly double[][] _means;
    private readonly double[] _sigmas;
    private readonly double[] _weights;

    /// <summary>Creates the mixture.</summary>
    /// <param name="name">What it is called in reports.</param>
    /// <param name="means">The modes' centres, at least one, all of one length.</param>
    /// <param name="sigmas">Each mode's standard deviation along every axis, above 0.</param>
    /// <param name="weights">Each mode's share, above 0; scaled to a sum of 1. Null for equal shares.</param>
    /// <exception cref="ArgumentException">The counts differ, or a number is out of its range.</exception>
    public GaussianMixture(string name, IReadOnlyList<double[]> means, IReadOnlyList<double> sigmas, IReadOnlyList<double>? weights = null)
        : base(name, means is { Count: > 0 } && means[0].Length > 0 ? means[0].Length
            : throw new ArgumentException("A mixture needs at least one mode, and a mode's centre at least one number.", nameof(means)))
    {
        weights ??= [.. means.Select(_ => 1.0)];
        if (sigmas.Count != means.Count || weights.Count != means.Count || means.Any(m => m.Length != Dimensions))
        {
            throw new ArgumentException($"{means.Count} centres need as many standard deviations (there are {sigmas.Count}) and weights " +
                $"({weights.Count}), and all centres {Dimensions} number(s).", nameof(means));
        }

        if (!sigmas.All(s => s > 0 && double.IsFinite(s)) || !weights.All(w => w > 0 && double.IsFinite(w))
            || !means.All(m => m.All(double.IsFinite)))
        {
            throw new ArgumentException("A mixture's centres must be finite, its standard deviations and weights finite and above 0.",
                nameof(sigmas));
        }

        _means = [.. means.Select(m => m.ToArray())];
        _sigmas = [.. sigmas];
        _weights = [.. weights.Select(w => w / weights.Sum())];
    }

    /// <summary>The modes' centres; copies.</summary>
    public IReadOnlyList<double[]> Means => [.. _means.Select(m => m.ToArray())];

    /// <summary>The modes' standard deviations along every axis.</summary>
    public IReadOnlyList<double> Sigmas => _sigmas;

    /// <summary>The modes' shares; they sum to 1.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Modes at equal angles on a circle, the first at (radius, 0): PacGAN's 2D-ring with its defaults.</summary>
    /// <param name="modes">How many, at least 1.</param>
    /// <param name="radius">The circle's radius.</param>
    /// <param name="sigma">Each mode's standard deviation.</param>
    public static GaussianMixture Ring(int modes = 8, double radius = 1, double sigma = 0.01)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(modes, 1);
        return Circle($"ring of {modes}", [.. Enumerable.Range(0, modes).Select(i => 2 * Math.PI * i / modes)], radius, sigma);
    }

    /// <summary>The ring as published in code beside VEEGAN: its eight angles include both 0 and 2 pi, so it has seven places, and the one
    /// at (0, radius) counts twice.</summary>
    /// <param name="radius">The circle's radius.</param>
    /// <param name="sigma">Each mode's standard deviation.</param>
    /// <remarks>Kept so that results obtained on it can be repeated; a perfect generator finds 7 modes there.</remarks>
    public static GaussianMixture RingOfVeeganCode(double radius = 1, double sigma = 0.01)
    {
        var places = Enumerable.Range(0, 7).Select(i => Math.PI / 2 - 2 * Math.PI * i / 7).ToArray(); // x = sin, y = cos there
        return Circle("ring of 7 (VEEGAN's code)", places, radius, sigma, [2, 1, 1, 1, 1, 1, 1]);
    }

    /// <summary>Modes on a square grid around 0: PacGAN's and VEEGAN's 2D-grid with its defaults, 25 modes at {-4, -2, 0, 2, 4}
    /// squared.</summary>
    /// <param name="side">Modes a row and a column, at least 1.</param>
    /// <param name="spacing">The distance of neighbours.</param>
    /// <param name="sigma">Each mode's standard deviation.</param>
    public static GaussianMixture Grid(int side = 5, double spacing = 2, double sigma = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        var places = Enumerable.Range(0, side).Select(i => (i - (side - 1) / 2.0) * spacing).ToArray();
        double[][] means = [.. places.SelectMany(x => places.Select(y => (double[])[x, y]))];
        return new GaussianMixture($"grid of {side * side}", means, [.. means.Select(_ => sigma)]);
    }

    /// <summary>A mixture on the line.</summary>
    /// <param name="modes">Mean, standard deviation and weight of each mode; one mode is the plain normal density.</param>
    public static GaussianMixture OnLine(params (double Mean, double Sigma, double Weight)[] modes) =>
        new($"mixture of {modes.Length} on the line", [.. modes.Select(m => (double[])[m.Mean])], [.. modes.Select(m => m.Sigma)],
            [.. modes.Select(m => m.Weight)]);

    /// <summary>The same mixture with every length multiplied.</summary>
    /// <param name="factor">Above 0.</param>
    public GaussianMixture Scaled(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        return new GaussianMixture(string.Create(CultureInfo.InvariantCulture, $"{Name} times {factor:G4}"),
            [.. _means.Select(m => m.Select(v => v * factor).ToArray())], [.. _sigmas.Select(s => s * factor)], _weights);
    }

    /// <summary>The same mixture without some modes; the others keep their proportions.</summary>
    /// <param name="modes">The indices of the modes to keep, at least one, each in [0, modes).</param>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    public GaussianMixture Only(params int[] modes)
    {
        if (Array.Exists(modes, i => i < 0 || i >= _means.Length))
        {
            throw new ArgumentException($"{Name} has the modes 0 to {_means.Length - 1}, not {string.Join(", ", modes)}.", nameof(modes));
        }

        return new GaussianMixture($"{modes.Length} mode(s) of {Name}", [.. modes.Select(i => _means[i])],
            [.. modes.Select(i => _sigmas[i])], [.. modes.Select(i => _weights[i])]);
    }

    /// <summary>Distances to every mode in units of its standard deviation.</summary>
    /// <param name="points">Shape (N, Dimensions), any float dtype.</param>
    /// <returns>float64, shape (N, modes), on the points' device. The caller disposes it.</returns>
    internal Tensor DistancesInSigmas(Tensor points)
    {
        using var scope = NewDisposeScope();
        var offsets = points.to(ScalarType.Float64).unsqueeze(1) - MeansOn(points.device); // (N, K, D)
        return (offsets.square().sum(2).sqrt() / tensor(_sigmas, device: points.device)).MoveToOuterDisposeScope(); // (N, K)
    }

    /// <inheritdoc/>
    protected override Tensor Draw(int count, Generator random)
    {
        var mode = multinomial(tensor(_weights), count, replacement: true, generator: random); // (N)
        var noise = randn(count, Dimensions, ScalarType.Float64, generator: random); // (N, D)
        return MeansOn(CPU).index_select(0, mode) + noise * tensor(_sigmas).index_select(0, mode).unsqueeze(1);
    }

    /// <inheritdoc/>
    protected override Tensor LogDensityOf(Tensor points)
    {
        var sigmas = tensor(_sigmas, device: points.device); // (K)
        var squared = DistancesInSigmas(points).square(); // (N, K)
        var logWeights = tensor(_weights, device: points.device).log() - Dimensions * (sigmas.log() + 0.5 * Math.Log(2 * Math.PI)); // (K)
        return (logWeights - 0.5 * squared).logsumexp(1); // (N)
    }

    private static GaussianMixture Circle(string name, double[] angles, double radius, double sigma, double[]? weights = null) =>
        new(name, [.. angles.Select(a => (double[])[radius * Math.Cos(a), radius * Math.Sin(a)])], [.. angles.Select(_ => sigma)], weights);

    // (K, D)
    private Tensor MeansOn(Device device) => tensor(_means.SelectMany(m => m).ToArray(), [_means.Length, Dimensions], device: device);
}
