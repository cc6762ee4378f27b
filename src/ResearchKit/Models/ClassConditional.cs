using ResearchKit.Data;

namespace ResearchKit.Models;

/// <summary>A network that can be told the class of each sample: G(z, y) or D(x, y).</summary>
public interface IClassConditional
{
    /// <summary>How many classes it was built for: labels are from 0 to one less. 0 where it takes no labels.</summary>
    int Classes { get; }

    /// <summary>The network's value for inputs of given classes.</summary>
    /// <param name="input">z, shape (B, LatentSize), or samples, shape (B, ...).</param>
    /// <param name="labels">int64, shape (B), each in [0, Classes), on the input's device.</param>
    /// <returns>Samples, shape (B, ...), or logits, shape (B). The caller disposes them.</returns>
    Tensor forward(Tensor input, Tensor labels);
}

/// <summary>Calls networks with labels, whether they ask for them or not.</summary>
public static class ClassConditioning
{
    /// <summary>How many classes a network asks for; 0 where it takes no labels.</summary>
    /// <param name="network">Any network.</param>
    public static int ClassesOf(nn.Module network) => (network as IClassConditional)?.Classes ?? 0;

    /// <summary>The network's value: of (input, labels) where it was built for classes, of the input alone where not.</summary>
    /// <param name="network">G or D.</param>
    /// <param name="input">z or samples, shape (B, ...).</param>
    /// <param name="labels">int64, shape (B), on any device; null where there are none. A generator that asks for labels then draws them
    /// (<see cref="SampleClasses.Draw"/>, seed 0), and a discriminator refuses.</param>
    /// <returns>Samples, shape (B, ...), or logits, shape (B). The caller disposes them.</returns>
    /// <exception cref="InvalidOperationException">A discriminator asks for labels, and there are none.</exception>
    public static Tensor Call(this nn.Module<Tensor, Tensor> network, Tensor input, Tensor? labels)
    {
        if (labels is null || network is not IClassConditional { Classes: > 0 } conditional)
        {
            return network.call(input);
        }

        using var onDevice = labels.to(input.device, copy: true);
        return conditional.forward(input, onDevice);
    }

    /// <summary>What a network that asks for labels says where there are none.</summary>
    internal static InvalidOperationException Missing(nn.Module network) => new($"This {network.GetName()} was built for " +
        $"{ClassesOf(network)} classes and is told none: give it the labels of the samples, or build it without classes.");
}
