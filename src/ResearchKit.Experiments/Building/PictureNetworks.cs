using ResearchKit.Experiments.Options;
using ResearchKit.Models;

namespace ResearchKit.Experiments.Building;

/// <summary>The networks that learn pictures.</summary>
internal static class PictureNetworks
{
    public const string UnrolledDigits = "unrolled-digits";

    /// <summary>Checks that the architecture fits the data.</summary>
    /// <exception cref="ArgumentException">It does not; says why.</exception>
    public static void Check(ExperimentOptions options)
    {
        if (options.Architecture != UnrolledDigits)
        {
            return;
        }

        if (StackedSets.PartOf(options.Data) is null)
        {
            throw new ArgumentException($"The architecture {UnrolledDigits} is for {StackedSets.Name}, and the data are {options.Data}; " +
                $"choose auto.");
        }

        if (options.MinibatchDeviation != 0)
        {
            throw new ArgumentException($"The architecture {UnrolledDigits} has a D that compares no samples: set minibatchDeviation to " +
                $"0, or the architecture to auto.");
        }
    }

    /// <summary>Builds both networks; the discriminator is not packed yet, but has the channels for it.</summary>
    public static (LatentGenerator G, nn.Module<Tensor, Tensor> D) Build(ExperimentOptions options, int size, int channels)
    {
        if (options.Architecture == UnrolledDigits)
        {
            return (new UnrolledDigitsGenerator(options.Latent, channels),
                new UnrolledDigitsDiscriminator(options.Features, channels * options.Pack, options.Normalization));
        }

        return (
            new DcganGenerator(size, channels, options.Features, options.Latent),
            new DcganDiscriminator(size, channels * options.Pack, options.Features, options.Normalization,
                options.MinibatchDeviation == 0 ? null : options.MinibatchDeviation));
    }
}
