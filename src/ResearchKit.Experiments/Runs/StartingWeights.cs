using ResearchKit.State;

namespace ResearchKit.Experiments.Runs;

/// <summary>Trained networks that a run starts from (<see cref="RunGenerator.NetworksOf"/>): it keeps them in its folder, so that it can be
/// begun again when they are gone elsewhere.</summary>
/// <param name="Source">Where they are from.</param>
/// <param name="Step">The step that they stand after; 0 for a file, which does not say.</param>
/// <param name="Weights">Tensors by the network, <c>generator.</c> or <c>discriminator.</c>, and their names in it; disposed with this.
/// </param>
public sealed record StartingWeights(string Source, long Step, StateStore Weights) : IDisposable
{
    internal const string OfGenerator = "generator.";
    internal const string OfDiscriminator = "discriminator.";

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    /// <summary>Puts weights into new networks, each where name and shape are the same.</summary>
    /// <param name="file">What was read, as a safetensors file.</param>
    /// <param name="generator">G.</param>
    /// <param name="discriminator">D.</param>
    /// <param name="tell">Told what fits and what does not.</param>
    internal static void Apply(string file, nn.Module generator, nn.Module discriminator, Action<string> tell)
    {
        using var weights = SafetensorsFile.Read(file);
        using var noGrad = no_grad();
        Put("G", OfGenerator, generator);
        Put("D", OfDiscriminator, discriminator);

        void Put(string network, string prefix, nn.Module module)
        {
            var (fit, left) = (0, new List<string>());
            foreach (var (name, value) in module.state_dict())
            {
                if (weights.TryGet(prefix + name, out var found) && found.shape.SequenceEqual(value.shape))
                {
                    value.copy_(found);
                    fit++;
                }
                else
                {
                    left.Add(found is null ? $"{name} is not there" : $"{name} has the shape {ModelSummary.Shape(found.shape)} there and " +
                        $"{ModelSummary.Shape(value.shape)} here");
                }
            }

            tell($"{network} starts from {fit} of {fit + left.Count} trained tensors" + (left.Count == 0 ? "."
                : fit == 0 ? ": all of it is new."
                : $"; new are {string.Join("; ", left)}."));
        }
    }
}
