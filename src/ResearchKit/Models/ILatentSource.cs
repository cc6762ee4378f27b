namespace ResearchKit.Models;

/// <summary>An endless stream of latent vectors for a trainer.</summary>
public interface ILatentSource
{
    /// <summary>Draws the next vectors.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Shape (count, LatentSize), on the CPU. The caller disposes it.</returns>
    Tensor NextBatch(int count);
}
