using ResearchKit.Models;

namespace ResearchKit.Metrics.Text;

/// <summary>A generator's lines at one temperature.</summary>
/// <param name="Temperature">What its logits were divided by.</param>
/// <param name="Reading">Its lines beside the oracle.</param>
public sealed record TemperaturePoint(double Temperature, OracleReading Reading);

/// <summary>Quality against variety: a generator that draws tokens, read at several temperatures.</summary>
/// <remarks>Caccia et al., "Language GANs falling short", arXiv:1811.02549, section 3: a single temperature shows one point of a curve, and
/// two generators compare by their curves. Low temperatures lower NLL_oracle and raise NLL_gen and self-BLEU. Deviations: none.</remarks>
public static class TemperatureSweep
{
    /// <summary>0.5 to 1.5.</summary>
    public static IReadOnlyList<double> Temperatures { get; } = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5];

    /// <summary>Reads it at each temperature.</summary>
    /// <param name="generator">A generator that draws tokens, as <see cref="OracleReading.Of(LatentGenerator, SequenceOracle, Tensor, int,
    /// long)"/> takes it; its temperature is as before afterwards.</param>
    /// <param name="oracle">The oracle.</param>
    /// <param name="heldOut">Its lines, tokens, int64, shape (M, L).</param>
    /// <param name="temperatures">Each above 0; null for <see cref="Temperatures"/>.</param>
    /// <param name="count">Lines at each, at least 2.</param>
    /// <param name="seed">Chooses their z, the same at each.</param>
    /// <returns>A point for each temperature, in their order.</returns>
    /// <exception cref="ArgumentException">The generator has no temperature, or makes other lines than the oracle.</exception>
    public static IReadOnlyList<TemperaturePoint> Of(LatentGenerator generator, SequenceOracle oracle, Tensor heldOut,
        IReadOnlyList<double>? temperatures = null, int count = 2000, long seed = 1)
    {
        var drawing = generator as IAutoregressiveGenerator ?? throw new ArgumentException(
            $"{generator.GetType().Name} draws no tokens, so it has no temperature: take a seqgan.", nameof(generator));
        var before = drawing.Temperature;
        try
        {
            return [.. (temperatures ?? Temperatures).Select(At)];
        }
        finally
        {
            drawing.Temperature = before;
        }

        TemperaturePoint At(double temperature)
        {
            drawing.Temperature = temperature;
            return new(temperature, OracleReading.Of(generator, oracle, heldOut, count, seed));
        }
    }
}
