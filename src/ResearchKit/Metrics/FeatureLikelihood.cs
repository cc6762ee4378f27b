using ResearchKit.Runtime;

namespace ResearchKit.Metrics;

/// <summary>Feature likelihood divergence (FLD) and its gap: how well Gaussians around the generated samples, fitted to the training set,
/// explain fresh real samples, and how much better they explain the training set.</summary>
/// <param name="TestNll">Negative log-likelihood of the test set, mean over samples, by dimension, in nats.</param>
/// <param name="TrainNll">That of the training set.</param>
/// <param name="BaselineNll">That of the test set under Gaussians around one half of the training set, fitted to the other.</param>
/// <remarks>Jiralerspong et al., arXiv:2302.04440, as in the authors' code: features standardised by the test set's mean and
/// standard deviation; at most 10,000 generated samples, each the centre of an isotropic Gaussian with a width of its own, which begins at
/// its nearest training sample; up to 50 epochs of Adam at 0.5 in batches of 10,000 with a background Gaussian at the training set's mean,
/// which is left out afterwards. Deviations: float64; all draws come from NumPy's <c>RandomState</c>; a feature that is constant in the
/// test set is only centred. FLD prefers samples from the centre of the distribution to fair ones.</remarks>
public sealed record FeatureLikelihood(double TestNll, double TrainNll, double BaselineNll)
{
    private const int MostCenters = 10_000;
    private const int BatchRows = 10_000;
    private const int Epochs = 50;
    private const double LearningRate = 0.5;
    private const double Background = 0.81; // (1 - 0.1)^2: the share of the squared distance from the training set's mean that counts
    private const long KeptPairs = 50_000_000; // 400 MB of distances; more are computed again in each epoch
    private const double Memorised = 1000;

    /// <summary>FLD: 100 (test - baseline), about 0 for fresh real samples, more for worse ones.</summary>
    public double Divergence => 100 * (TestNll - BaselineNll);

    /// <summary>The gap: 100 (train - test). About 0 or a little below for a generator that generalises, very negative for one that
    /// repeats its training set.</summary>
    public double Gap => 100 * (TrainNll - TestNll);

    /// <summary>Whether the generator has memorised: <see cref="Divergence"/> is above 1000 or <see cref="Gap"/> below -1000. Around
    /// copies the Gaussians become as narrow as the fit allows, so that the numbers themselves say nothing; reports have infinity in their
    /// place.</summary>
    public bool IsMemorised => Divergence > Memorised || Gap < -Memorised;

    internal IReadOnlyList<MetricValue> Values =>
    [
        MetricValue.Distance("fld", Divergence > Memorised ? double.PositiveInfinity : Divergence),
        new("fld-gap", Gap < -Memorised ? double.NegativeInfinity : Gap, MetricRole.Memorisation, MetricAim.Neither),
    ];

    /// <summary>Fits and measures.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 1, any float dtype and device.</param>
    /// <param name="test">Features of real samples that the generator was not trained on, shape (M, D), M >= 2.</param>
    /// <param name="training">Features of all that it was trained on, shape (T, D), T >= 2.</param>
    /// <param name="seed">Of NumPy's <c>RandomState</c>, from 0 to 2^32 - 1, for the thinning of more than 10,000 generated samples, the
    /// order of training samples and the halves of the baseline; null to keep the order of the rows.</param>
    /// <param name="cancellation">Asked before each epoch.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static FeatureLikelihood Of(Tensor generated, Tensor test, Tensor training, long? seed = 2020,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(generated, nameof(generated), 1);
        var y = FeatureMatrix.Checked(test, nameof(test));
        var t = FeatureMatrix.Checked(training, nameof(training));
        FeatureMatrix.RequireSameWidth(x.shape[1], y.shape[1], "test");
        FeatureMatrix.RequireSameWidth(x.shape[1], t.shape[1], "training");
        var deviation = y.std(0); // (D)
        var (mean, scale) = (y.mean([0]), where(deviation > 0, deviation, ones_like(deviation)));
        (x, y, t) = ((x - mean) / scale, (y - mean) / scale, (t - mean) / scale);
        var random = seed is { } s ? new NumpyRandom(s) : null;
        x = Shuffled(x).slice(0, 0, Math.Min(x.shape[0], MostCenters), 1);
        t = Shuffled(t);
        var half = Math.Min(x.shape[0], t.shape[0] / 2);
        var logVariances = Fit(x, t, cancellation); // (N)
        var others = t.slice(0, 0, half, 1);
        var baseline = Fit(others, t.slice(0, half, t.shape[0], 1), cancellation); // (half)
        return new FeatureLikelihood(Nll(x, logVariances, y), Nll(x, logVariances, t), Nll(others, baseline, y));

        Tensor Shuffled(Tensor rows) =>
            random is null ? rows : rows.index_select(0, tensor(random.Permutation(checked((int)rows.shape[0]))));
    }

    // The log variances of Gaussians around the centres, (C), that explain the data best.
    private static Tensor Fit(Tensor centers, Tensor data, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (count, width) = (centers.shape[0], (double)centers.shape[1]);
        var nearest = Neighbours.Nearest(centers, data, 1).Squares.flatten(); // (C)
        var values = cat([((nearest + 1e-3) / width).log(), zeros(1, ScalarType.Float64)]); // (C + 1): the background's is last
        var (first, second) = (zeros_like(values), zeros_like(values)); // Adam's moments
        var mean = data.mean([0], keepdim: true); // (1, D)
        var batches = data.split(BatchRows);
        var kept = data.shape[0] * count <= KeptPairs ? batches.Select(Strips).ToArray() : null;
        var losses = new List<double>(); // a mean each epoch
        for (var step = 0; losses.Count < Epochs && !IsSteady(losses);)
        {
            cancellation.ThrowIfCancellationRequested();
            var loss = 0.0;
            for (var i = 0; i < batches.Length; i++)
            {
                loss += Step(batches[i], kept?[i], ++step) / batches.Length;
            }

            losses.Add(loss);
        }

        return values.slice(0, 0, count, 1).clone().MoveToOuterDisposeScope();

        // One step of Adam. Its loss is the mean negative log-likelihood by dimension.
        double Step(Tensor batch, List<(long Start, Tensor Squares)>? strips, int step)
        {
            using var temporary = NewDisposeScope();
            var (s, origin) = (values.slice(0, 0, count, 1), values[count]);
            var far = (batch - mean).square().sum(1).mul_(Background); // (B)
            var background = LogDensity(far, origin, width); // (B)
            var (gradient, likelihood) = (zeros_like(values), 0.0);
            if (strips is not null)
            {
                strips.ForEach(strip => Add(strip.Start, strip.Squares));
            }
            else
            {
                Neighbours.ForStrips(batch, centers, Add);
            }

            gradient.div_(batch.shape[0] * width);
            first.mul_(0.9).add_(gradient, alpha: 0.1);
            second.mul_(0.999).add_(gradient.square(), alpha: 0.001);
            var (c1, c2) = (1 - Math.Pow(0.9, step), 1 - Math.Pow(0.999, step));
            values.sub_(first / ((second / c2).sqrt() + 1e-8) * (LearningRate / c1));
            s.clamp_(-40, 40); // around copies they would fall for ever
            return -likelihood / batch.shape[0] / width;

            void Add(long start, Tensor squares)
            {
                using var strip = NewDisposeScope();
                var end = start + squares.shape[0];
                var other = background.slice(0, start, end, 1); // (b)
                var log = LogDensity(squares, s, width).sub_(Math.Log(count)); // (b, C)
                var total = logaddexp(log.logsumexp(1), other); // (b)
                var p = log.sub_(total.unsqueeze(1)).exp_(); // (b, C): how probably a sample is of a Gaussian
                var q = (other - total).exp(); // (b): ... of the background
                var own = gradient.slice(0, 0, count, 1);
                own.add_(p.sum(dim: 0) * (width / 2) - p.mul_(squares).sum(dim: 0) * (-s).exp() / 2);
                gradient[count].add_(q.sum() * (width / 2) - (q * far.slice(0, start, end, 1)).sum() * (-origin).exp() / 2);
                likelihood += total.sum().item<double>();
            }
        }

        List<(long Start, Tensor Squares)> Strips(Tensor batch)
        {
            List<(long, Tensor)> strips = [];
            Neighbours.ForStrips(batch, centers, (start, squares) =>
            {
                var copy = squares.clone();
                scope.Attach(copy);
                strips.Add((start, copy));
            });
            return strips;
        }
    }

    // The authors' rule: after six epochs, when the last four changed the loss by less than 5e-4.
    private static bool IsSteady(List<double> losses) => losses.Count > 6 && losses[^5..^1].All(l => Math.Abs(losses[^1] - l) < 5e-4);

    private static double Nll(Tensor centers, Tensor logVariances, Tensor data)
    {
        var (sum, width) = (0.0, (double)centers.shape[1]);
        Neighbours.ForStrips(data, centers, (_, squares) =>
            sum += (LogDensity(squares, logVariances, width).logsumexp(1) - Math.Log(centers.shape[0])).sum().item<double>());
        return -sum / data.shape[0] / width;
    }

    // log N at a squared distance, for log variances; broadcasts.
    private static Tensor LogDensity(Tensor squares, Tensor logVariances, double width) =>
        (squares * ((-logVariances).exp() * -0.5)).sub_((logVariances + Math.Log(2 * Math.PI)) * (width / 2));
}
