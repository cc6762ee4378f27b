using static TorchSharp.torch;

namespace ResearchKit.Losses;

/// <summary>Gradients of a network's value by its input. The kit calls <c>autograd.grad</c> here and nowhere else.</summary>
/// <remarks>An error inside <c>autograd.grad</c> would end the process (TorchSharp does not catch it there), so everything is checked before.</remarks>
internal static class InputGradient
{
    /// <summary>Each sample's gradient of its own logit, itself differentiable: what every gradient penalty is made of.</summary>
    /// <param name="discriminator">Samples to logits of shape (B).</param>
    /// <param name="samples">Shape (B, ...); where the gradient is taken.</param>
    /// <returns>Shape (B, D), all of a sample's values in one row. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The logits have another shape, or do not depend on the samples.</exception>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    public static Tensor OfLogits(nn.Module<Tensor, Tensor> discriminator, Tensor samples)
    {
        using var scope = NewDisposeScope();
        var x = samples.detach().requires_grad_(); // (B, ...)
        var logits = discriminator.call(x); // (B)
        if (logits.dim() != 1 || logits.shape[0] != x.shape[0])
        {
            throw new ArgumentException($"A gradient penalty needs one logit a sample, shape ({x.shape[0]}), not ({string.Join(", ", logits.shape)}).", nameof(discriminator));
        }

        // The logits of other samples do not depend on this one, so the gradient of the sum is each sample's own.
        return Of(logits.sum(), x, differentiable: true).flatten(1).MoveToOuterDisposeScope(); // (B, D)
    }

    /// <summary>The gradient of a scalar by a tensor that it was computed from.</summary>
    /// <param name="value">The scalar.</param>
    /// <param name="x">A leaf that requires gradients.</param>
    /// <param name="differentiable">True to keep the graph, so that the gradient can be differentiated again.</param>
    /// <returns>The shape of <paramref name="x"/>. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The value does not depend on <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    public static Tensor Of(Tensor value, Tensor x, bool differentiable)
    {
        if (!is_grad_enabled())
        {
            throw new InvalidOperationException("A gradient by the input needs gradients, and they are switched off (no_grad).");
        }

        var gradient = value.requires_grad ? autograd.grad([value], [x], create_graph: differentiable, retain_graph: differentiable, allow_unused: true)[0] : null;
        return gradient is not null && !gradient.IsInvalid
            ? gradient
            : throw new ArgumentException("The discriminator's logits do not depend on its input, so there is no slope.", nameof(value));
    }
}
