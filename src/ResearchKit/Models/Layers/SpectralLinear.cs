using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A spectrally normalised linear layer: it stretches no vector.</summary>
/// <inheritdoc cref="SpectralLayer"/>
public sealed class SpectralLinear : SpectralLayer
{
    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Numbers in, at least 1.</param>
    /// <param name="outputs">Numbers out, at least 1.</param>
    /// <param name="hasBias">Whether a bias, which is not normalised, is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public SpectralLinear(long inputs, long outputs, bool hasBias = true)
        : base(nameof(SpectralLinear), Draw(inputs, outputs, hasBias))
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs).</param>
    /// <returns>Shape (B, outputs).</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = Normalized(); // (outputs, inputs)
        return nn.functional.linear(input, weight, bias); // (B, outputs)
    }

    private static (Parameter, Parameter?) Draw(long inputs, long outputs, bool hasBias)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        return SpectralWeight.Draw(hasBias ? outputs : 0, outputs, inputs);
    }
}
