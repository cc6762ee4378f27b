using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Training.Augmentation;

/// <summary>Steers the probability p of <see cref="AdaptiveAugmentation"/> by how sure D is of the real images it trains on.</summary>
/// <remarks>Karras et al., arXiv:2006.06676, section 3.1 and eq. 1: r_t = E sign D(real), 0 where D cannot tell and 1 where it knows the
/// training set by heart; every 4 batches p moves towards more where r_t lies above the target, else towards less, so fast that it could go
/// from 0 to 1 in 500,000 images. The signs are summed on the device and read once an interval. Deviations: p is clipped to [0, 1], where
/// the authors' code clips below only, with the same effect on the images. Processes that train together add up their signs
/// and images, so p is one.</remarks>
public sealed class AdaptiveController : IResumable, IShared, IDisposable
{
    private ProcessGroup? _group;
    private Tensor? _signs; // (): the sum since p last moved
    private long _logits;
    private long _images;
    private int _batches;

    /// <summary>Starts at p = 0.</summary>
    /// <param name="target">What r_t should be, above 0 and below 1; 0.6 in the paper.</param>
    /// <param name="interval">Batches between two moves of p, at least 1; 4 in the paper.</param>
    /// <param name="speed">Images in which p could go from 0 to 1, at least 1; 500,000 in the paper; 100,000 in its authors' code where a
    /// trained network is taken further.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public AdaptiveController(double target = 0.6, int interval = 4, long speed = 500_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(target, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 1);
        (Target, Interval, Speed) = (target, interval, speed);
    }

    /// <summary>What r_t should be.</summary>
    public double Target { get; }

    /// <summary>Batches between two moves of p.</summary>
    public int Interval { get; }

    /// <summary>Images in which p could go from 0 to 1.</summary>
    public long Speed { get; }

    /// <summary>The probability now, in [0, 1].</summary>
    public double P { get; private set; }

    /// <summary>r_t of the last interval, in [-1, 1]; null before the first has ended.</summary>
    public double? Signs { get; private set; }

    /// <summary>Takes in what D said of a batch of augmented real images.</summary>
    /// <param name="realLogits">Any shape: one logit an image, or a pack of them.</param>
    /// <param name="images">How many images that were.</param>
    public void Observe(Tensor realLogits, long images)
    {
        ArgumentNullException.ThrowIfNull(realLogits);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sum = (_signs ?? zeros([], ScalarType.Float32)).to(realLogits.device); // it outlives the step; whole numbers, so exact
        if (!ReferenceEquals(sum, _signs))
        {
            _signs?.Dispose();
            _signs = sum.DetachFromDisposeScope();
        }

        _signs.add_(realLogits.sign().sum().to(ScalarType.Float32));
        _logits += realLogits.numel();
        _images += images;
        if (++_batches == Interval)
        {
            Move();
        }
    }

    /// <inheritdoc/>
    public void Share(ProcessGroup group) => _group = group;

    /// <inheritdoc/>
    public void Save(StateStore state)
    {
        state.Put("p", P);
        state.Put("signs", Signs ?? double.NaN);
        state.Put("logits", _logits);
        state.Put("images", _images);
        state.Put("batches", (long)_batches);
        if (_signs is not null)
        {
            state.Put("sum", _signs);
        }
    }

    /// <inheritdoc/>
    public void Load(StateStore state)
    {
        P = state.Number("p");
        Signs = state.Number("signs") is var signs && double.IsNaN(signs) ? null : signs;
        (_logits, _images, _batches) = (state.Whole("logits"), state.Whole("images"), (int)state.Whole("batches"));
        _signs?.Dispose();
        // it goes to the logits' device with the next batch
        _signs = state.Has("sum") ? state.Tensor("sum").DetachFromDisposeScope() : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _signs?.Dispose();

    private void Move()
    {
        Span<double> sums = [_signs!.item<float>(), _logits, _images];
        _group?.Sum(sums);
        var signs = sums[0] / sums[1];
        var direction = signs > Target ? 1 : signs < Target ? -1 : 0; // 0 for NaN too: the trainer reports that
        P = Math.Clamp(P + (direction * (sums[2] / Speed)), 0, 1);
        Signs = signs;
        _signs!.zero_();
        (_logits, _images, _batches) = (0, 0, 0);
    }
}
