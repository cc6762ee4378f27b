using ResearchKit.Runtime;

namespace ResearchKit.State;

/// <summary>A part's own random numbers: on the CPU, so that every device gets the same and the stream's place can be kept.</summary>
internal sealed class RandomStream : IResumable, IDisposable
{
    /// <summary>Starts the stream.</summary>
    /// <param name="seed">Chooses the numbers.</param>
    /// <param name="salt">Mixed into the seed, so that parts of different kinds with one seed do not draw the same numbers. libtorch looks
    /// at the lower 32 bits only.</param>
    public RandomStream(long seed, ulong salt = 0) => Generator = new Generator(unchecked((ulong)seed) ^ salt);

    public Generator Generator { get; }

    public void Save(StateStore state) => state.Put("random", RandomState.Capture(Generator));

    public void Load(StateStore state) => state.Random("random").Restore(Generator);

    public void Dispose() => Generator.Dispose();
}
