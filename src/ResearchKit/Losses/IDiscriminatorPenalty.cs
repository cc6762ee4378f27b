using static TorchSharp.torch;

namespace ResearchKit.Losses;

/// <summary>A term that is added to the discriminator's loss to keep its slope in bounds. Combines with any loss.</summary>
public interface IDiscriminatorPenalty
{
    /// <summary>The term for one batch, with its graph to the discriminator's weights.</summary>
    /// <param name="discriminator">D: samples to logits of shape (B), twice differentiable. Batch normalisation in D mixes the samples, so a slope for each sample makes no sense there.</param>
    /// <param name="real">Real samples, shape (B, ...).</param>
    /// <param name="fake">Generated samples, the same shape; their graph to G is not followed.</param>
    /// <returns>A scalar, already weighted. The caller disposes it.</returns>
    Tensor Compute(nn.Module<Tensor, Tensor> discriminator, Tensor real, Tensor fake);
}
