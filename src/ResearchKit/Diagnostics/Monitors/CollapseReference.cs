using ResearchKit.Diagnostics.Collapse;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Real samples, prepared so that generated ones can be held against them in a millisecond.</summary>
/// <remarks>One half of the samples stands for reality, the other half shows what a perfect generator would score. Wide samples (images)
/// are projected on the principal directions of the real ones first. In float64; all that is random is seeded.</remarks>
internal sealed class CollapseReference : IDisposable
{
    private const int Most = 1000; // samples
    private const int Least = 100;
    private const int MostCompared = 250; // of the generated samples one by one with real ones and each other: that grows with the square
    private const int Directions = 32; // of images: most of small grey ones' variance, and no network that has seen classes
    private const int Neighbour = 5; // Naeem's k
    private const double ReachFloor = 0.05; // of the mean distance of two real samples: narrower modes ask for no more

    private readonly long[] _shape;
    private readonly Tensor? _mean; // (D)
    private readonly Tensor? _directions; // (D, 32)
    private readonly Tensor _real; // (m, d)
    private readonly Tensor _reach; // (m, 1), squared, with the floor: for precision
    private readonly Tensor _radii; // (m), squared: for coverage
    private readonly CollapsePlaces _places;
    private readonly Tensor _around; // (d)
    private readonly double _scale;
    private readonly double _twin;
    private readonly double _precision;

    /// <exception cref="ArgumentException">There are too few samples, they are all the same, or not finite.</exception>
    public CollapseReference(Tensor real)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        ThrowIf(real.dim() < 2 || real.shape[0] < Least,
            $"A monitor of collapse needs at least {Least} real samples, {Most:N0} at best, of shape (N, ...); these have shape " +
                $"{Shape(real)}.", nameof(real));
        using var random = new Generator(0x5EED);
        var shown = Floats(real.index_select(0,
            randperm(real.shape[0], generator: random).slice(0, 0, Math.Min(real.shape[0], Most), 1).to(real.device)));
        var x = shown.flatten(1).to(ScalarType.Float64);
        ThrowIf(!x.isfinite().all().item<bool>(),
            "The real samples hold numbers that are NaN or infinite; leave such samples out.", nameof(real));
        ThrowIf((x == x[0]).all().item<bool>(), "All real samples are the same: a generator cannot collapse from that.", nameof(real));
        _shape = real.shape[1..];
        try
        {
            if (x.shape[1] > Directions)
            {
                _mean = x.mean([0]).DetachFromDisposeScope();
                _directions = Principal(x - _mean).DetachFromDisposeScope();
            }

            x = Project(x);
            var half = x.shape[0] / 2;
            Shown = shown.slice(0, 0, half, 1).clone().DetachFromDisposeScope();
            _real = x.slice(0, 0, half, 1).clone().DetachFromDisposeScope();
            _scale = PairDistance(_real);
            _places = new CollapsePlaces(x, areImages: _directions is not null, _scale, ReachFloor * _scale);
            // (m, 6), the sample itself first
            var nearest = SquaredDistances(_real, _real).topk(Neighbour + 1, dim: 1, largest: false, sorted: true).values;
            _radii = nearest.select(1, Neighbour).clone().DetachFromDisposeScope();
            _reach = _radii.clamp_min(ReachFloor * ReachFloor * _scale * _scale).unsqueeze(1).DetachFromDisposeScope();
            _twin = nearest.select(1, 1).quantile(tensor(0.01, ScalarType.Float64)).item<double>();
            _around = _real.mean([0]).DetachFromDisposeScope();
            Spectrum = SpectrumOf(_real);
            _precision = 1;
            _precision = Math.Max(0.05, Compare(x.slice(0, half, 2 * half, 1)).Precision);
        }
        catch
        {
            Dispose(); // what has been made so far
            throw;
        }
    }

    /// <summary>The real samples' share of each place.</summary>
    public double[] Shares => _places.Shares;

    /// <summary>The half that stands for reality, in its own shape.</summary>
    public Tensor Shown { get; }

    /// <summary>Its spectrum around its mean.</summary>
    public FeatureSpectrum Spectrum { get; }

    /// <summary>Brings generated samples into the space of comparison: (N, d), in the current scope. What is not finite lies far
    /// away.</summary>
    public Tensor Prepare(Tensor samples)
    {
        ThrowIf(samples.dim() < 2 || !samples.shape.AsSpan(1).SequenceEqual(_shape),
            $"The generator gives samples of shape ({string.Join(", ", samples.shape.Skip(1))}), the real ones have " +
                $"({string.Join(", ", _shape)}); give real samples as D sees them.", nameof(samples));

        return Project(Floats(samples).flatten(1).to(ScalarType.Float64).nan_to_num(1e6, 1e6, -1e6).clamp_(-1e6, 1e6));
    }

    /// <summary>The share of samples that is nearest to each place, and of those that lie in it.</summary>
    public (double[] Nearest, double[] Inside) Histogram(Tensor x) => _places.Histogram(x);

    /// <summary>Share of samples, as the generator gave them, without a NaN or an infinite number.</summary>
    public static double Finite(Tensor samples) => Share(samples.isfinite().flatten(1).all(1));

    /// <summary>The spectrum of samples around the real mean.</summary>
    public FeatureSpectrum SpectrumOf(Tensor x) => FeatureSpectrum.Of(x, _around);

    /// <summary>The measures of a moment that compare samples one by one, on the first 250.</summary>
    public (double Coverage, double Precision, double Diversity, double Duplicates) Compare(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        x = x.slice(0, 0, Math.Min(MostCompared, x.shape[0]), 1);
        var cross = SquaredDistances(_real, x); // (m, n)
        var (coverage, precision) = (Share(cross.amin([1]) < _radii), Share((cross < _reach).any(0)));
        var own = SquaredDistances(x, x); // (n, n)
        own.diagonal().fill_(double.PositiveInfinity);
        return (coverage, precision / _precision, PairDistance(x) / _scale, Share(own.amin([1]) < _twin));
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { _mean, _directions, _real, _reach, _radii, _around, Shown })
        {
            tensor?.Dispose();
        }

        _places?.Dispose();
    }

    private static Tensor Floats(Tensor x) =>
        x.dtype == ScalarType.Byte ? x.detach().cpu().to(ScalarType.Float32).div_(127.5f).sub_(1f) : x.detach().cpu();

    private Tensor Project(Tensor x) => _directions is null ? x : (x - _mean!).matmul(_directions);

    // Eigenvectors of the smaller of the two Gram matrices.
    private static Tensor Principal(Tensor x)
    {
        var wide = x.shape[1] > x.shape[0];
        var vectors = linalg.eigh(wide ? x.matmul(x.t()) : x.t().matmul(x)).Item2.slice(1, -Directions, long.MaxValue, 1);
        var directions = wide ? x.t().matmul(vectors) : vectors; // (D, 32)
        return directions / directions.norm(0, keepdim: true, p: 2).clamp_min(1e-12);
    }

    /// <summary>Of each row of x to each of y: (N, M), in the current scope.</summary>
    // neither square nor clamp: both make numbers that a collection may free too soon
    public static Tensor SquaredDistances(Tensor x, Tensor y) =>
        addmm(y.mul(y).sum(1), x, y.t(), beta: 1, alpha: -2).add_(x.mul(x).sum(1).unsqueeze(1)).relu_();

    // Disjoint pairs: enough for a mean, and not the square of the samples.
    private static double PairDistance(Tensor x)
    {
        var half = x.shape[0] / 2;
        return (x.slice(0, 0, half, 1) - x.slice(0, half, 2 * half, 1)).norm(1, keepdim: false, p: 2).mean().item<double>();
    }

    private static double Share(Tensor mask) => mask.to(ScalarType.Float64).mean().item<double>();
}
