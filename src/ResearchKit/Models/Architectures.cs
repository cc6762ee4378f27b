using ResearchKit.Registers;

namespace ResearchKit.Models;

/// <summary>A pair of networks that options name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="Takes">The samples that it learns.</param>
/// <param name="Build">Builds both networks on the CPU, G before D, from the global random generator. The caller disposes them.</param>
/// <param name="Refuses">Why options or a shape do not fit, in one sentence; null where they do.</param>
public sealed record Architecture(string Name, string Paper, string Purpose, SampleKind Takes,
    Func<NetworkOptions, SampleShape, (LatentGenerator G, nn.Module<Tensor, Tensor> D)> Build,
    Func<NetworkOptions, SampleShape, string?>? Refuses = null) : INamed
{
    /// <summary>Builds both networks on the CPU, G before D, from the global random generator; where the options pack samples, D judges
    /// packs. The caller disposes them.</summary>
    public Func<NetworkOptions, SampleShape, (LatentGenerator G, nn.Module<Tensor, Tensor> D)> Build { get; } = (options, shape) =>
    {
        var (g, d) = Build(options, shape);
        return (g, options.Pack == 1 ? d : new PackedDiscriminator(d, options.Pack));
    };

    /// <summary>How its generator stands in a file; null where it has none.</summary>
    internal GeneratorFormat? File { get; init; }
}

/// <summary>The networks by name.</summary>
public static class Architectures
{
    /// <summary>Stands for the first architecture of the samples' kind.</summary>
    public const string Auto = "auto";

    /// <summary>Every architecture; a new network is its file and a line here.</summary>
    public static Register<Architecture> All { get; } =
        new("architecture", [Mlp.Architecture, Dcgan.Architecture, Mlp.PacGan, UnrolledDigits.Architecture]);

    /// <summary>The architecture that options choose for samples of a shape.</summary>
    /// <param name="options">The options.</param>
    /// <param name="shape">The samples.</param>
    /// <exception cref="ArgumentException">There is no such architecture, or it does not fit; says why.</exception>
    public static Architecture For(NetworkOptions options, SampleShape shape)
    {
        var chosen = options.Architecture == Auto ? All.First(a => a.Takes == shape.Kind) : All.Find(options.Architecture);
        var refusal = chosen.Takes == shape.Kind ? chosen.Refuses?.Invoke(options, shape)
            : $"The architecture {chosen.Name} is for {Words(chosen.Takes)}, and the data are {Words(shape.Kind)}: choose auto.";
        return refusal is null ? chosen : throw new ArgumentException(refusal);
    }

    private static string Words(SampleKind kind) => kind == SampleKind.Points ? "points" : "images";
}
