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
    /// <summary>Builds both networks on the CPU, G before D, from the global random generator. Where the options pack samples, D judges
    /// packs; where they are not conditional, the networks are not told the shape's classes. The caller disposes them.</summary>
    public Func<NetworkOptions, SampleShape, (LatentGenerator G, nn.Module<Tensor, Tensor> D)> Build { get; } = (options, shape) =>
    {
        var (g, d) = Build(options, options.Conditional ? shape : shape with { Classes = null });
        return (g, options.Pack == 1 ? d : new PackedDiscriminator(d, options.Pack));
    };

    /// <summary>Whether its networks can be told the classes of samples.</summary>
    public bool TakesClasses { get; init; }

    /// <summary>Properties of <see cref="NetworkOptions"/> that it looks at, of those that are null for the architecture's own; the others
    /// must be null.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent)];

    /// <summary>Options that it can be built with, and the side of images in pixels (or numbers in a point) that fits: its paper's, where
    /// the paper states them.</summary>
    public (NetworkOptions Options, int Size) Example { get; init; } = (new NetworkOptions(), 64);

    /// <summary>How its generator stands in a file; null where it has none.</summary>
    internal GeneratorFormat? File { get; init; }

    /// <summary>Its style, where it is one of the residual networks; null where not.</summary>
    internal ResNetStyle? ResNet { get; init; }
}

/// <summary>The networks by name.</summary>
public static class Architectures
{
    /// <summary>Stands for the first architecture of the samples' kind.</summary>
    public const string Auto = "auto";

    /// <summary>Every architecture; a new network is its file and a line here.</summary>
    public static Register<Architecture> All { get; } =
        new("architecture",
        [
            Mlp.Architecture, Dcgan.Architecture, Mlp.PacGan, UnrolledDigits.Architecture,
            WganGp.Style.Architecture, Sngan.Style.Architecture, Sngan.Chainer.Architecture, Sngan.Projection.Architecture,
            Sagan.Style.Architecture, BigGan.Style.Architecture,
            StyleGan2Architectures.Auto, StyleGan2Architectures.Cifar, R3Gan.Architecture, WaveGan.Architecture,
            TextWganGp.Architecture, SeqGan.Architecture, MoCoGan.Architecture,
        ]);

    /// <summary>The architecture that options choose for samples of a shape.</summary>
    /// <param name="options">The options.</param>
    /// <param name="shape">The samples.</param>
    /// <exception cref="ArgumentException">There is no such architecture, or it does not fit; says why.</exception>
    public static Architecture For(NetworkOptions options, SampleShape shape)
    {
        var chosen = options.Architecture == Auto ? All.First(a => a.Takes == shape.Kind) : All.Find(options.Architecture);
        var refusal = chosen.Takes != shape.Kind
                ? $"The architecture {chosen.Name} is for {chosen.Takes.ToWord()}, and the data are {shape.Kind.ToWord()}: choose auto."
            : (options.Conditional ? NoClasses(chosen, options, shape) : null) ?? Unused(chosen, options)
                ?? chosen.Refuses?.Invoke(options, shape);
        return refusal is null ? chosen : throw new ArgumentException(refusal);
    }

    // Something that is set and not looked at would deceive.
    private static string? Unused(Architecture chosen, NetworkOptions options) =>
        typeof(NetworkOptions).GetProperties()
            .Where(p => p.IsDefined(typeof(AutoOptionAttribute), false) && p.GetValue(options) is not null && !chosen.Uses.Contains(p.Name))
            .Select(p => $"The architecture {chosen.Name} has no choice of {OptionRanges.NameOf(p)}: leave that at auto, or choose " +
                $"another architecture.")
            .FirstOrDefault();

    private static string? NoClasses(Architecture chosen, NetworkOptions options, SampleShape shape) =>
        !chosen.TakesClasses
            ? $"The architecture {chosen.Name} cannot be told classes: set conditional to false, or choose one of " +
                $"{string.Join(", ", All.Where(a => a.TakesClasses).Select(a => a.Name))}."
        : shape.Classes is null
            ? "The option conditional asks for classes, and the data have none: take a set with labels or a folder with a sub-folder a " +
                "class, or set it to false."
        : options.Pack > 1 ? $"D cannot be told a class of packs of {options.Pack} samples: set pack to 1, or conditional to false."
        : null;

    /// <summary>Whether samples of a kind may have colours: images and clips.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HasColour(this SampleKind kind) => kind is SampleKind.Images or SampleKind.Clips;

    /// <summary>The kind in a word: "images".</summary>
    internal static string ToWord(this SampleKind kind) => kind.ToString().ToLowerInvariant();
}
