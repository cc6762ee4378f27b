namespace ResearchKit.Data;

/// <summary>Draws the next batch of a source on another thread while the last one is used. The batches and <see cref="Position"/> are those
/// of the source alone.</summary>
public sealed class PreparedBatches : IBatchSource, IDisposable
{
    private readonly IBatchSource _source;
    private Task<(Tensor Batch, SamplerPosition After)>? _next;
    private SamplerPosition _position;

    /// <summary>Wraps a source, which stays the caller's and must not be read elsewhere meanwhile.</summary>
    /// <param name="source">The source.</param>
    public PreparedBatches(IBatchSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _position = source.Position;
    }

    /// <inheritdoc/>
    public int BatchSize => _source.BatchSize;

    /// <inheritdoc/>
    public long BatchesPerEpoch => _source.BatchesPerEpoch;

    /// <summary>Where the stream stands: after the last batch that was taken, not after the one that lies ready.</summary>
    public SamplerPosition Position
    {
        get => _position;
        set
        {
            Forget();
            _source.Position = value;
            _position = value;
        }
    }

    /// <inheritdoc/>
    public Tensor NextBatch()
    {
        var drawn = _next ?? Draw();
        _next = null; // should it have failed, the next call tries again
        var (batch, after) = drawn.GetAwaiter().GetResult();
        _position = after;
        _next = Draw();
        using (batch)
        {
            return batch.alias(); // a handle in the caller's dispose scope, which the other thread did not know
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _source.Position = _position;
    }

    private Task<(Tensor, SamplerPosition)> Draw() => Task.Run(() => (_source.NextBatch().DetachFromDisposeScope(), _source.Position));

    private void Forget()
    {
        var drawn = _next;
        _next = null;
        if (drawn is not null)
        {
            Task.WaitAny(drawn); // a batch that is not wanted may have failed
        }

        if (drawn is { IsCompletedSuccessfully: true })
        {
            drawn.Result.Batch.Dispose();
        }
    }
}
