using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>An exponential moving average of a network's weights and of its batch-normalisation statistics.</summary>
/// <remarks>
/// Yazici et al., arXiv:1806.04498. With a fixed decay it warms up as min(decay, (1 + t) / (10 + t)), so that early weights are soon
/// forgotten.
/// Batch-normalisation statistics are averaged too, since those of the last weights do not fit averaged ones; other buffers (counters, the
/// unit vectors of spectral
/// normalisation) are copied.
/// </remarks>
public sealed class WeightAverage : IResumable, IDisposable
{
    private readonly (Tensor Live, Tensor Average)[] _pairs;
    private readonly Tensor[] _live;
    private readonly Tensor[] _averages;
    private readonly Tensor[] _liveCopied;
    private readonly Tensor[] _copies;
    private long _updates;

    /// <summary>Starts the average at the network's present weights.</summary>
    /// <param name="network">The network that is being trained, already on its device.</param>
    /// <param name="decay">Share of the old average that stays at each <see cref="Update()"/>, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of its range.</exception>
    public WeightAverage(nn.Module network, double decay)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (decay is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be in [0, 1).");
        }

        Decay = decay;
        using var noGrad = no_grad();
        var averaged = network.parameters().Concat(network.named_buffers().Where(b => IsStatistic(b.name)).Select(b => b.buffer))
            .Select(Pair).ToList();
        var copied = network.named_buffers().Where(b => !IsStatistic(b.name)).Select(b => b.buffer).Select(Pair).ToList();
        _pairs = [.. averaged, .. copied];
        (_live, _averages) = ([.. averaged.Select(p => p.Live)], [.. averaged.Select(p => p.Average)]);
        (_liveCopied, _copies) = ([.. copied.Select(p => p.Live)], [.. copied.Select(p => p.Average)]);
    }

    /// <summary>Share of the old average that stays at each update, once it is warm.</summary>
    public double Decay { get; }

    /// <summary>Moves the average towards the network's present weights.</summary>
    public void Update() => Update(Math.Min(Decay, (2.0 + _updates) / (11.0 + _updates)));

    /// <summary>Moves the average towards the network's present weights, with a decay for this update.</summary>
    /// <param name="decay">Share of the old average that stays, in [0, 1).</param>
    public void Update(double decay)
    {
        using var noGrad = no_grad();
        _updates++;
        StepKernels.Average(_averages, _live, 1 - decay, _copies, _liveCopied);
    }

    /// <summary>The decay that makes an average's half-life a number of images (Karras et al., arXiv:1912.04958's code).</summary>
    /// <param name="halfLife">Images after which a weight counts half, above 0.</param>
    /// <param name="rampUp">Keeps the half-life at most this share of the images seen so far; null for no ramp.</param>
    /// <param name="images">Images of one update.</param>
    /// <param name="seen">Images seen so far, those of this update included.</param>
    public static double DecayFor(double halfLife, double? rampUp, long images, long seen) =>
        Math.Pow(0.5, images / Math.Max(1e-8, Math.Min(halfLife, rampUp * seen ?? halfLife)));

    /// <summary>Puts the averaged weights into the network until the result is disposed.</summary>
    /// <returns>Disposing it puts the trained weights back, bit for bit.</returns>
    public IDisposable Apply() => new Swap(_pairs);

    /// <inheritdoc/>
    public void Save(StateStore state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Put("updates", _updates);
        for (var i = 0; i < _pairs.Length; i++)
        {
            state.Put($"value.{i}", _pairs[i].Average);
        }
    }

    /// <inheritdoc/>
    public void Load(StateStore state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _updates = state.Whole("updates");
        for (var i = 0; i < _pairs.Length; i++)
        {
            state.CopyTo($"value.{i}", _pairs[i].Average);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, average) in _pairs)
        {
            average.Dispose();
        }
    }

    private static bool IsStatistic(string buffer) =>
        buffer.EndsWith("running_mean", StringComparison.Ordinal) || buffer.EndsWith("running_var", StringComparison.Ordinal);

    private static (Tensor Live, Tensor Average) Pair(Tensor live) => (live, live.detach().clone().DetachFromDisposeScope());

    private sealed class Swap : IDisposable
    {
        private readonly (Tensor Live, Tensor Saved)[] _saved;

        public Swap((Tensor Live, Tensor Average)[] pairs)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            _saved = [.. pairs.Select(p => (p.Live, p.Live.detach().clone().DetachFromDisposeScope()))];
            foreach (var (live, average) in pairs)
            {
                live.copy_(average);
            }
        }

        public void Dispose()
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            foreach (var (live, saved) in _saved)
            {
                live.copy_(saved);
                saved.Dispose();
            }
        }
    }
}
