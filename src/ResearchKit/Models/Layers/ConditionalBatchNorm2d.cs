using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>Batch normalisation whose scale and shift depend on an image's class.</summary>
/// <remarks>Dumoulin et al., arXiv:1610.07629, eq. 5, as Miyato and Koyama, arXiv:1802.05637, and BigGAN on CIFAR-10 (arXiv:1809.11096) use
/// it in a generator. The statistics are shared by all classes. Deviations: none.</remarks>
public sealed class ConditionalBatchNorm2d : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly BatchNorm2d bn;
    private readonly Embedding? embed;
    private readonly double _offset;

    private ConditionalBatchNorm2d(int channels, double eps, double offset, Embedding? table)
        : base(nameof(ConditionalBatchNorm2d))
    {
        bn = nn.BatchNorm2d(channels, eps, affine: table is null);
        (embed, _offset) = (table, offset);
        RegisterComponents();
    }

    /// <summary>One scale and shift for all: plain batch normalisation.</summary>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="eps">Added to the variance.</param>
    public static ConditionalBatchNorm2d OfNothing(int channels, double eps = 1e-5) => new(channels, eps, 0, null);

    /// <summary>A scale and a shift for each class, from a table.</summary>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="classes">How many classes there are, at least 1.</param>
    /// <param name="deviation">Of the normal numbers that scales start with, around 1; shifts start at 0, or, where the table holds what
    /// is added to 1, like the scales.</param>
    /// <param name="aroundOne">Whether the table holds what is added to a scale of 1 (BigGAN).</param>
    /// <param name="eps">Added to the variance.</param>
    public static ConditionalBatchNorm2d OfClass(int channels, int classes, double deviation, bool aroundOne = false, double eps = 1e-5)
    {
        var table = nn.Embedding(classes, 2 * channels);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        nn.init.normal_(table.weight!, 0, deviation);
        if (!aroundOne)
        {
            table.weight!.narrow(1, 0, channels).add_(1);
            table.weight!.narrow(1, channels, channels).zero_();
        }

        return new(channels, eps, aroundOne ? 1 : 0, table);
    }

    /// <summary>The normalisation, where no class changes it; null where classes do.</summary>
    internal BatchNorm2d? Unconditional => embed is null ? bn : null;

    /// <summary>Normalises, then scales and shifts.</summary>
    /// <param name="input">Shape (B, C, H, W).</param>
    /// <param name="labels">Class numbers, int64, shape (B), each below the number of classes; not looked at where there is one scale for
    /// all.</param>
    /// <returns>Shape (B, C, H, W).</returns>
    public override Tensor forward(Tensor input, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var h = bn.call(input); // (B, C, H, W)
        if (embed is not null)
        {
            var both = embed.call(labels!).to(h.dtype).unsqueeze(2).unsqueeze(3).chunk(2, 1); // twice (B, C, 1, 1)
            h = (h * (_offset == 0 ? both[0] : both[0] + _offset)).add_(both[1]); // (B, C, H, W)
        }

        return h.MoveToOuterDisposeScope(); // (B, C, H, W)
    }
}
