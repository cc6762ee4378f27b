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

    /// <summary>The classes of which it makes samples when it is told to; null where it takes no labels.</summary>
    public SampleClasses? Labels { get; protected init; }
}
