using static TorchSharp.torch;

namespace ResearchKit.Training;

/// <summary>An exponential moving average of a network's weights (and of its floating-point buffers).</summary>
/// <remarks>
/// Yazici et al., arXiv:1806.04498. The decay warms up as min(decay, (1 + t) / (10 + t)), so that early weights are soon forgotten.
/// Batch-normalisation statistics are averaged too, since those of the last weights do not fit averaged ones; counters are copied.
/// </remarks>
public sealed class WeightAverage : IDisposable
{
    private readonly (Tensor Live, Tensor Average)[] _pairs;
    private long _updates;

    /// <summary>Starts the average at the network's present weights.</summary>
    /// <param name="network">The network that is being trained, already on its device.</param>
    /// <param name="decay">Share of the old average that stays at each update, in [0, 1).</param>
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
        _pairs = [.. network.parameters().Concat(network.buffers()).Select(live => (live, live.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>Share of the old average that stays at each update.</summary>
    public double Decay { get; }

    /// <summary>Moves the average towards the network's present weights.</summary>
    public void Update()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope(); // each in-place operation gives one more handle
        _updates++;
        var decay = Math.Min(Decay, (1.0 + _updates) / (10.0 + _updates));
        foreach (var (live, average) in _pairs)
        {
            if (live.is_floating_point())
            {
                average.lerp_(live, 1 - decay);
            }
            else
            {
                average.copy_(live);
            }
        }
    }

    /// <summary>Puts the averaged weights into the network until the result is disposed.</summary>
    /// <returns>Disposing it puts the trained weights back, bit for bit.</returns>
    public IDisposable Apply() => new Swap(_pairs);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, average) in _pairs)
        {
            average.Dispose();
        }
    }

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
