using ResearchKit.Runtime;

namespace ResearchKit.Losses;

/// <summary>Gradients of a network's value by its input or its weights.</summary>
/// <remarks>An error inside TorchSharp's <c>autograd.grad</c> (no memory left, an operation without a second derivative) would end the
/// process; inside a script it is an exception.</remarks>
internal static class InputGradient
{
    // What a leaf that the value does not depend on gets: the script cannot hand null out.
    private const string Source = """
        def gradients(value: Tensor, leaves: List[Tensor], differentiable: bool) -> List[Tensor]:
            found = torch.grad([value], leaves, None, differentiable, differentiable, True)
            gradients = leaves[0:0]
            for i in range(len(leaves)):
                x = found[i]
                if x is not None:
                    gradients.append(x)
                else:
                    gradients.append(torch.empty([0]))
            return gradients

        """;

    private static readonly ScriptFunctions Functions = new(Source);

    /// <summary>Each sample's gradient of its own logit, itself differentiable: what every gradient penalty is made of.</summary>
    /// <param name="logits">Shape (B / pack): samples of a pack share a logit.</param>
    /// <param name="samples">Shape (B, ...), a leaf that requires gradients.</param>
    /// <param name="pack">Samples in a pack.</param>
    /// <returns>Shape (B / pack, D pack), all values of what shares a logit in one row. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The logits have another shape, or do not depend on the samples.</exception>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    public static Tensor OfLogits(Tensor logits, Tensor samples, int pack = 1)
    {
        var count = samples.shape[0] / pack;
        if (logits.dim() != 1 || logits.shape[0] != count)
        {
            throw new ArgumentException($"A gradient penalty needs one logit a {(pack == 1 ? "sample" : "pack")}, shape ({count}), not " +
                $"({string.Join(", ", logits.shape)}).", nameof(logits));
        }

        // The logits of other samples do not depend on this one, so the gradient of the sum is each sample's own.
        using var sum = logits.sum();
        using var gradient = Of(sum, samples, differentiable: true);
        return gradient.reshape(count, -1); // (B / pack, D pack)
    }

    /// <summary>The gradient of a scalar by a leaf; with its graph where it is to be differentiated again. The caller disposes
    /// it.</summary>
    /// <exception cref="ArgumentException">The value does not depend on <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    public static Tensor Of(Tensor value, Tensor x, bool differentiable) =>
        OfAll(value, [x], differentiable)[0]
            ?? throw new ArgumentException("The discriminator's logits do not depend on its input, so there is no slope.", nameof(value));

    /// <summary>The gradients of a scalar by several leaves, likewise; null where the value does not depend on one.</summary>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    public static Tensor?[] OfAll(Tensor value, IReadOnlyList<Tensor> leaves, bool differentiable)
    {
        if (!is_grad_enabled())
        {
            throw new InvalidOperationException("A gradient by the input needs gradients, and they are switched off (no_grad).");
        }

        return value.requires_grad
            ? [.. ((IEnumerable<Tensor>)Functions.Call("gradients", value, leaves.ToArray(), differentiable)!)
                .Zip(leaves, (g, leaf) => g.shape.SequenceEqual(leaf.shape) ? g : null)]
            : new Tensor?[leaves.Count];
    }
}
