using ResearchKit.Data;

namespace ResearchKit.Models;

/// <summary>How wide the layers of both networks are.</summary>
internal static class StyleGan2Widths
{
    private const int Smallest = 8;
    private const int Largest = 1024;

    /// <exception cref="ArgumentOutOfRangeException">There is no network of that size.</exception>
    public static void Require(int imageSize, int features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (Refusal(imageSize) is { } problem)
        {
            throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, problem);
        }
    }

    /// <summary>Why there is no network of that size; null where there is.</summary>
    public static string? Refusal(int imageSize) => int.IsPow2(imageSize) && imageSize is >= Smallest and <= Largest
        ? null
        : $"A StyleGAN2 makes images of a power of two from {Smallest} to {Largest} pixels, not {imageSize}: choose one of these with " +
            $"--size (imageSize).";

    /// <summary>Channels at 4 pixels, at 8, and so on.</summary>
    public static int[] Of(int imageSize, int features) =>
        [.. Enumerable.Range(0, int.Log2(imageSize) - 1).Select(i => (int)At(4 << i, imageSize, features))];

    /// <summary>Channels at a resolution. A long, which no value of a hostile file overflows.</summary>
    public static long At(long resolution, long imageSize, long features) =>
        Math.Max(1, Math.Min(features * (imageSize < 512 ? 32 : 64) / resolution, features));
}

/// <summary>The lines of the register.</summary>
internal static class StyleGan2Architectures
{
    private static readonly GeneratorFormat File = GeneratorFormat.Of((StyleGan2Generator g) =>
        new StyleGan2Values(g.ImageSize, g.Channels, g.Features, g.LatentSize, g.Layers, g.Mixing, g.Labels));

    public static Architecture Auto { get; } = Entry("stylegan2", "Karras et al., arXiv:1912.04958, arXiv:2006.06676",
        "images of 8 to 1024 pixels (powers of two), with or without classes: the authors' auto", 64, mixing: 0.9, shortcuts: true,
        group: 4);

    public static Architecture Cifar { get; } = Entry("stylegan2-cifar", "Karras et al., arXiv:2006.06676",
        "stylegan2 as the authors tuned it for CIFAR-10: no mixed styles, D without shortcuts", 32, mixing: 0, shortcuts: false,
        group: 32);

    private static Architecture Entry(string name, string paper, string purpose, int size, double mixing, bool shortcuts, int group) =>
        new(name, paper, purpose + "; features (512) is the most channels of a layer, layers (2) those of the mapping network, z has 512 " +
            "numbers", SampleKind.Images,
            (options, shape) => (
                new StyleGan2Generator(shape.Size, shape.Channels, options.Features ?? 512, options.Latent ?? 512, options.Layers ?? 2,
                    mixing, shape.Classes),
                new StyleGan2Discriminator(shape.Size, shape.Channels * options.Pack, options.Features ?? 512,
                    options.MinibatchDeviation ?? group, shortcuts, shape.Classes?.Count ?? 0)),
            (options, shape) => StyleGan2Widths.Refusal(shape.Size) ?? (options.Layers == 0
                ? $"The mapping network of {name} has at least 1 layer: set layers to 1 or more, or leave it at auto."
                : null))
        {
            TakesClasses = true,
            Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Latent), nameof(NetworkOptions.Layers),
                nameof(NetworkOptions.MinibatchDeviation)],
            Example = (new NetworkOptions(), size),
            File = File,
        };

    private sealed record StyleGan2Values(int ImageSize, int Channels, int Features, int LatentSize, int Layers, double Mixing,
        SampleClasses? Classes = null) : GeneratorValues
    {
        public override LatentGenerator Build() =>
            new StyleGan2Generator(ImageSize, Channels, Features, LatentSize, Layers, Mixing, Classes);

        public override IEnumerable<double> WeightSizes()
        {
            double w = LatentSize, labels = Classes?.Count ?? 0, inputs = 0;
            yield return ((labels > 0 ? 2 * w : w) + (Layers - 1.0) * w) * w; // the mapping network in one: nobody counts hostile layers
            yield return labels * w;
            for (var resolution = 4L; resolution <= ImageSize; resolution *= 2)
            {
                double outputs = StyleGan2Widths.At(resolution, ImageSize, Features);
                yield return (9 * outputs + w) * (inputs + outputs) + (w + Channels) * outputs;
                inputs = outputs;
            }
        }
    }
}
