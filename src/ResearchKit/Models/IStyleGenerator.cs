namespace ResearchKit.Models;

/// <summary>A generator that first turns z into styles, which say how the image looks layer by layer, and then styles into an
/// image.</summary>
public interface IStyleGenerator
{
    /// <summary>Turns latent vectors into styles; in training as training has them, random parts included.</summary>
    /// <param name="z">Shape (B, LatentSize).</param>
    /// <param name="labels">y, int64, shape (B); null for none.</param>
    /// <returns>w, shape (B, L, W): a vector for each of L layers. The caller disposes it.</returns>
    Tensor Map(Tensor z, Tensor? labels = null);

    /// <summary>Turns styles into images.</summary>
    /// <param name="styles">w, shape (B, L, W).</param>
    /// <returns>Shape (B, C, H, W); [-1, 1] is black to white. The caller disposes it.</returns>
    Tensor Synthesize(Tensor styles);
}
