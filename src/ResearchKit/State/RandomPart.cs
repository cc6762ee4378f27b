namespace ResearchKit.State;

/// <summary>A part of a training that draws random numbers from a stream of its own, on the CPU: every device gets the same, and the
/// stream's place is kept and put back.</summary>
public abstract class RandomPart : IResumable, IDisposable
{
    private readonly RandomStream _stream;

    private protected RandomPart(long seed, ulong salt = 0) => _stream = new RandomStream(seed, salt);

    /// <summary>What to draw from.</summary>
    private protected Generator Random => _stream.Generator;

    /// <inheritdoc/>
    public virtual void Save(StateStore state) => _stream.Save(state);

    /// <inheritdoc/>
    public virtual void Load(StateStore state) => _stream.Load(state);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _stream.Dispose();
        GC.SuppressFinalize(this);
    }
}
