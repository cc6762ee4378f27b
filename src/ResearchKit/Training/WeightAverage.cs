using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>An exponential moving average of a network's weights and of its batch-normalisation statistics.</summary>
/// <remarks>Yazici et al., arXiv:1806.04498. With a fixed decay it warms up as min(decay, (1 + t) / (10 + t)), so that early weights are
/// soon forgotten. Batch-normalisation statistics are averaged too, since those of the last weights do not fit averaged ones; other buffers
/// (counters, the unit vectors of spectral normalisation) are copied.</remarks>
public sealed class WeightAverage : IResumable, IDisposable
{
    private readonly Tensor[] _averaged;
    private readonly Tensor[] _averages;
    private readonly Tensor[] _copied;
    private readonly Tensor[] _copies;
    private long _updates;

    /// <summary>Starts the average at the network's present weights.</summary>
    /// <param name="network">The network that is being trained, already on its device.</param>
    /// <param name="decay">Share of the old average that stays at each <see cref="Update()"/>, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of its range.</exception>
    public WeightAverage(nn.Module network, double decay)
    {
        Decay = decay is >= 0 and < 1 ? decay
            : throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be in [0, 1).");
        using var noGrad = no_grad();
        var buffers = network.named_buffers().ToLookup(b => b.name.EndsWith("running_mean", StringComparison.Ordinal)
            || b.name.EndsWith("running_var", StringComparison.Ordinal), b => b.buffer);
        _averaged = [.. network.parameters(), .. buffers[true]];
        _copied = [.. buffers[false]];
        (_averages, _copies) = (Copy(_averaged), Copy(_copied));
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
        StepKernels.Average(_averages, _averaged, 1 - decay, _copies, _copied);
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
    public IDisposable Apply() => new Swap([.. _averaged, .. _copied], [.. _averages, .. _copies]);

    /// <inheritdoc/>
    public void Save(StateStore state)
    {
        state.Put("updates", _updates);
        Kept.ForEach(k => state.Put(k.Name, k.Value));
    }

    /// <inheritdoc/>
    public void Load(StateStore state)
    {
        _updates = state.Whole("updates");
        Kept.ForEach(k => state.CopyTo(k.Name, k.Value));
    }

    /// <inheritdoc/>
    public void Dispose() => Kept.ForEach(k => k.Value.Dispose());

    private List<(string Name, Tensor Value)> Kept => [.. _averages.Concat(_copies).Select((t, i) => ($"value.{i}", t))];

    private static Tensor[] Copy(IEnumerable<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        return [.. tensors.Select(t => t.detach().clone().DetachFromDisposeScope())];
    }

    private sealed class Swap : IDisposable
    {
        private readonly Tensor[] _live;
        private readonly Tensor[] _saved;

        public Swap(Tensor[] live, Tensor[] averages)
        {
            (_live, _saved) = (live, Copy(live));
            Put(averages);
        }

        public void Dispose()
        {
            Put(_saved);
            Array.ForEach(_saved, s => s.Dispose());
        }

        private void Put(Tensor[] values)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            foreach (var (live, value) in _live.Zip(values))
            {
                live.copy_(value);
            }
        }
    }
}
