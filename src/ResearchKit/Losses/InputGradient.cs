using static TorchSharp.torch;

namespace ResearchKit.Losses;

/// <summary>The gradient of a discriminator's logits by its input, itself differentiable: what every gradient penalty is made of.</summary>
/// <remarks>An error inside <c>autograd.grad</c> would end the process (TorchSharp does not catch it there), so everything is checked before.</remarks>
internal static class InputGradient
{
    /// <summary>Squared Euclidean norm of each sample's gradient, over all its values.</summary>
    /// <param name="discriminator">Samples to logits of shape (B).</param>
    /// <param name="samples">Shape (B, ...); where the gradient is taken.</param>
    /// <returns>Shape (B). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The logits have another shape, or do not depend on the samples.</exception>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    public static Tensor SquaredNorms(nn.Module<Tensor, Tensor> discriminator, Tensor samples)
    {
        if (!is_grad_enabled())
        {
            throw new InvalidOperationException("A gradient penalty needs gradients, and they are switched off (no_grad).");
        }

        using var scope = NewDisposeScope();
        var x = samples.detach().requires_grad_(); // (B, ...)
        var logits = discriminator.call(x); // (B)
        if (logits.dim() != 1 || logits.shape[0] != x.shape[0])
        {
            throw new ArgumentException($"A gradient penalty needs one logit a sample, shape ({x.shape[0]}), not ({string.Join(", ", logits.shape)}).", nameof(discriminator));
        }

        // The logits of other samples do not depend on this one, so the gradient of the sum is each sample's own.
        var gradient = logits.requires_grad ? autograd.grad([logits.sum()], [x], create_graph: true, retain_graph: true, allow_unused: true)[0] : null; // (B, ...)
        if (gradient is null || gradient.IsInvalid)
        {
            throw new ArgumentException("The discriminator's logits do not depend on its input, so there is no slope to penalise.", nameof(discriminator));
        }

        return gradient.flatten(1).square().sum(1).MoveToOuterDisposeScope(); // (B)
    }
}
