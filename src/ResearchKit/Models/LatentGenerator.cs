using ResearchKit.Data;

namespace ResearchKit.Models;

/// <summary>A network that turns latent vectors z into samples.</summary>
public abstract class LatentGenerator : nn.Module<Tensor, Tensor>
{
    /// <summary>Names the module and fixes the length of z.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="latentSize">The length of z, at least 1.</param>
    protected LatentGenerator(string name, int latentSize)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentSize, 1);
        LatentSize = latentSize;
    }

    /// <summary>The length of z.</summary>
    public int LatentSize { get; }

    /// <summary>Samples that are more typical and less varied: of z whose numbers keep within a bound
    /// (<see cref="NormalLatents.Truncate"/>), where a network has no way of its own.</summary>
    /// <param name="z">Shape (B, LatentSize), on the network's device.</param>
    /// <param name="labels">y, int64, shape (B); null where there are none.</param>
    /// <param name="truncation">How far they may be from the typical, above 0.</param>
    /// <returns>Samples, shape (B, ...). The caller disposes them.</returns>
    public virtual Tensor Truncated(Tensor z, Tensor? labels, double truncation)
    {
        using var near = NormalLatents.Truncate(z, truncation); // (B, LatentSize)
        return this.Call(near, labels);
    }

    /// <summary>The classes of which it makes samples when it is told to; null where it takes no labels.</summary>
    public SampleClasses? Labels { get; protected init; }
}
