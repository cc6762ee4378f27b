using ResearchKit.Data;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>The generator of WGAN-GP, SNGAN, SAGAN or BigGAN: a linear layer to 4 x 4, residual blocks that double the side,
/// tanh.</summary>
/// <remarks>The papers, and what each has of its own, stand in the register (<see cref="Architectures.All"/>). SNGAN at 32 pixels has
/// 4,276,739 parameters, BigGAN with 10 classes 4,304,387.</remarks>
/// <example><code>using var g = new ResNetGenerator("sngan", imageSize: 32);
/// using var images = g.call(torch.randn(16, g.LatentSize)); // (16, 3, 32, 32)</code></example>
public sealed class ResNetGenerator : ImageGenerator
{
    private readonly nn.Module<Tensor, Tensor> linear;
    private readonly ModuleList<ResNetGeneratorBlock> blocks;
    private readonly SelfAttention2d? attention;
    private readonly BatchNorm2d bn;
    private readonly nn.Module<Tensor, Tensor> conv;
    private readonly int _attentionSide;

    /// <summary>Builds the network with its paper's first weights.</summary>
    /// <param name="architecture">wgan-gp, sngan, sngan-chainer, cgan-pd, sagan or biggan.</param>
    /// <param name="imageSize">Height and width of the images: 32, 64 or 128.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Its width, at least 1; null for the paper's. The register says of which layers.</param>
    /// <param name="latentSize">The length of z, at least 1; null for the paper's.</param>
    /// <param name="classes">The classes of which it makes samples; null for none. cgan-pd, sagan and biggan need them.</param>
    /// <exception cref="ArgumentException">There is no such architecture among these, or a number is out of its range.</exception>
    public ResNetGenerator(string architecture, int imageSize, int channels = 3, int? features = null, int? latentSize = null,
        SampleClasses? classes = null)
        : base(nameof(ResNetGenerator), latentSize ?? ResNetStyle.Of(architecture).OwnLatent, imageSize, channels, classes)
    {
        var style = ResNetStyle.Of(architecture);
        (ArchitectureName, Features) = (architecture, features ?? style.OwnFeatures(imageSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(Features, 1, nameof(features));
        style.RequireSize(imageSize);
        var widths = style.Widths(imageSize, Features).OfG;
        ConditionalBatchNorm2d Norm(int width) => classes is null
            ? ConditionalBatchNorm2d.OfNothing(width, style.Epsilon)
            : ConditionalBatchNorm2d.OfClass(width, classes.Count, style.GainDeviation, style.GainAroundOne, style.Epsilon);
        linear = style.Linear(LatentSize, widths[0] * ResNetStyle.Smallest * ResNetStyle.Smallest, style.SpectralGenerator);
        blocks = nn.ModuleList(widths.Zip(widths[1..]).Select(w => new ResNetGeneratorBlock(w.First, w.Second, style, Norm)).ToArray());
        _attentionSide = style.Attention(imageSize).OfG;
        attention = _attentionSide == 0 ? null : new SelfAttention2d(style.AttentionWidths(imageSize, Features).OfG);
        bn = nn.BatchNorm2d(widths[^1], style.Epsilon);
        conv = style.Convolution(widths[^1], channels, 3, style.SpectralGenerator);
        RegisterComponents();
    }

    /// <summary>The architecture's name in the register.</summary>
    public string ArchitectureName { get; }

    /// <summary>Its width.</summary>
    public int Features { get; }

    internal static GeneratorFormat File { get; } = GeneratorFormat.Of((ResNetGenerator g) =>
        new ResNetValues(g.ArchitectureName, g.ImageSize, g.Channels, g.Features, g.LatentSize, g.Labels));

    /// <inheritdoc/>
    protected override Tensor Generate(Tensor z, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var h = MemoryLayout.ChannelsLast(
            linear.call(z).reshape(z.shape[0], -1, ResNetStyle.Smallest, ResNetStyle.Smallest)); // (B, width, 4, 4)
        foreach (var block in blocks)
        {
            h = block.call(h, y); // (B, width, 2 H, 2 W)
            h = attention is not null && h.shape[2] == _attentionSide ? attention.call(h) : h;
        }

        return conv.call(bn.call(h).relu_()).tanh_().MoveToOuterDisposeScope(); // (B, C, H, W)
    }

    private sealed record ResNetValues(string Architecture, int ImageSize, int Channels, int Features, int LatentSize,
        SampleClasses? Classes = null) : GeneratorValues
    {
        public override LatentGenerator Build() => new ResNetGenerator(Architecture, ImageSize, Channels, Features, LatentSize, Classes);

        public override IEnumerable<double> WeightSizes()
        {
            // widths of a tiny network, times what they are multiplied by: no overflow
            double[] widths = [.. ResNetStyle.Of(Architecture).Widths(ImageSize, 16).OfG.Select(w => w / 16.0 * Features)];
            yield return LatentSize * widths[0] * ResNetStyle.Smallest * ResNetStyle.Smallest;
            yield return widths[^1] * Channels * 9;
            foreach (var (from, to) in widths.Zip(widths[1..]))
            {
                yield return (from * to * 9) + (to * to * 9);
                yield return 2.0 * (Classes?.Count ?? 0) * (from + to);
            }
        }
    }
}
