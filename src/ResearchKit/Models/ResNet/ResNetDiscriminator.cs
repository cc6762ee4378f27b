using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>The discriminator (or critic) of WGAN-GP, SNGAN, SAGAN or BigGAN: residual blocks, the features of all places together, a
/// linear layer; with classes a projection discriminator.</summary>
/// <remarks>The papers, and what each has of its own, stand in the register (<see cref="Architectures.All"/>). With classes the product of
/// the last features with a learned vector of the class is added (Miyato and Koyama, arXiv:1802.05637, eq. 3). SNGAN at 32 pixels has
/// 1,053,825 parameters, BigGAN with 10 classes 4,207,361.</remarks>
public sealed class ResNetDiscriminator : ImageDiscriminator
{
    private readonly ModuleList<ResNetDiscriminatorBlock> blocks;
    private readonly SelfAttention2d? attention;
    private readonly nn.Module<Tensor, Tensor> linear;
    private readonly nn.Module<Tensor, Tensor>? embed;
    private readonly int _attentionSide;
    private readonly bool _mean;

    /// <summary>Builds the network with its paper's first weights.</summary>
    /// <param name="architecture">wgan-gp, sngan, sngan-chainer, cgan-pd, sagan or biggan.</param>
    /// <param name="imageSize">Height and width of the images: 32, 64 or 128.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Its width, at least 1; null for the paper's. The register says of which layers.</param>
    /// <param name="classes">How many classes it judges samples by; 0 for none.</param>
    /// <exception cref="ArgumentException">There is no such architecture among these, or a number is out of its range.</exception>
    public ResNetDiscriminator(string architecture, int imageSize, int channels = 3, int? features = null, int classes = 0)
        : base(nameof(ResNetDiscriminator), classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var style = ResNetStyle.Of(architecture);
        style.RequireSize(imageSize);
        var width = features ?? style.OwnFeatures(imageSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(features));
        var widths = style.Widths(imageSize, width).OfD;
        var halvings = imageSize == 32 ? 2 : 5; // to 8 x 8, from 64 pixels to 2 x 2, from 128 to 4 x 4
        blocks = nn.ModuleList(widths.Select((w, i) => new ResNetDiscriminatorBlock(i == 0 ? channels : widths[i - 1], w, style, i == 0,
            i < halvings)).ToArray());
        _attentionSide = style.Attention(imageSize).OfD;
        attention = _attentionSide == 0 ? null : new SelfAttention2d(style.AttentionWidths(imageSize, width).OfD);
        linear = style.Linear(widths[^1], 1, style.SpectralDiscriminator, style.LastBias);
        embed = classes == 0 ? null : style.Classes(classes, widths[^1]);
        _mean = style.MeanPooling;
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Score(Tensor x, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var h = MemoryLayout.ChannelsLast(x); // (B, C, H, W)
        foreach (var block in blocks)
        {
            var side = h.shape[2];
            h = block.call(h); // (B, width, H/2, W/2) or as before
            h = attention is not null && side != h.shape[2] && h.shape[2] == _attentionSide ? attention.call(h) : h;
        }

        h = h.relu();
        var features = _mean ? h.mean([2, 3]) : h.sum([2, 3]); // (B, width)
        var logits = linear.call(features).squeeze(1); // (B)
        return (y is null ? logits : logits + (embed!.call(y).to(h.dtype) * features).sum(1)).MoveToOuterDisposeScope(); // (B)
    }
}
