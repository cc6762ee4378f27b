using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;

namespace ResearchKit.Experiments.Building;

/// <summary>The networks that learn points.</summary>
internal static class PointNetworks
{
    public const string PacGan = "pacgan";

    /// <summary>Checks that the architecture and the scale fit the data.</summary>
    /// <exception cref="ArgumentException">They do not; says why.</exception>
    public static void Check(ExperimentOptions options)
    {
        if (options.Architecture == PacGan && !options.HasPoints)
        {
            throw new ArgumentException($"The architecture pacgan is for points, and {options.Data} is not; choose auto.");
        }

        if (options.Architecture == PacGan && (options.Normalization != DiscriminatorNormalization.None || options.MinibatchDeviation != 0))
        {
            throw new ArgumentException("The architecture pacgan has a D of its own, which normalises nothing and compares no samples: " +
                "set normalization to None and minibatchDeviation to 0, or the architecture to auto.");
        }

        var plain = new ExperimentOptions();
        if (options.Architecture == PacGan && (options.Features != plain.Features || options.Layers != plain.Layers))
        {
            throw new ArgumentException($"The architecture pacgan has the paper's sizes: leave features ({plain.Features}) and layers " +
                $"({plain.Layers}) as they are, or set the architecture to auto.");
        }

        if (options.Scale != 1 && PointSets.Find(options.Data) is not GaussianMixture)
        {
            throw new ArgumentException($"The option scale is for mixtures of Gaussians, and {options.Data} is none; leave it at 1.");
        }
    }

    /// <summary>Builds both networks; the discriminator is not packed yet, but has the inputs for it.</summary>
    public static (MlpGenerator G, MlpDiscriminator D) Build(ExperimentOptions options, int dimensions)
    {
        var inputs = dimensions * options.Pack;
        if (options.Architecture == PacGan)
        {
            return (new MlpGenerator(options.Latent, dimensions, MlpOptions.PacGanGenerator),
                new MlpDiscriminator(inputs, MlpOptions.PacGanDiscriminator));
        }

        var normalization = Enum.TryParse<MlpNormalization>(options.Normalization.ToString(), out var n)
            ? n
            : throw new ArgumentException($"Normalization {options.Normalization} is for pictures; for points choose {string.Join(", " +
                "", Enum.GetNames<MlpNormalization>())}.");
        var shape = new MlpOptions { Widths = [.. Enumerable.Repeat(options.Features, options.Layers)] };
        return (new MlpGenerator(options.Latent, dimensions, shape),
            new MlpDiscriminator(inputs, shape with { Normalization = normalization,
            MinibatchStandardDeviation = options.MinibatchDeviation == 0 ? null : options.MinibatchDeviation }));
    }
}
