using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>Batch normalisation whose scale and shift depend on what an image shows: on its class, or on a vector.</summary>
/// <remarks>Dumoulin et al., arXiv:1610.07629, eq. 5, as Miyato and Koyama, arXiv:1802.05637, use it in a generator, and BigGAN
/// (arXiv:1809.11096, appendix B) with vectors. The statistics are shared by all classes. Deviations: none.</remarks>
public sealed class ConditionalBatchNorm2d : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly BatchNorm2d bn;
    private readonly Embedding? embed;
    private readonly nn.Module<Tensor, Tensor>? gain;
    private readonly nn.Module<Tensor, Tensor>? bias;
    private readonly double _offset;

    private ConditionalBatchNorm2d(int channels, bool affine, double eps, double offset, Embedding? embed = null,
        nn.Module<Tensor, Tensor>? gain = null, nn.Module<Tensor, Tensor>? bias = null)
        : base(nameof(ConditionalBatchNorm2d))
    {
        bn = nn.BatchNorm2d(channels, eps, affine: affine);
        (this.embed, this.gain, this.bias, _offset) = (embed, gain, bias, offset);
        RegisterComponents();
    }

    /// <summary>One scale and shift for all: plain batch normalisation.</summary>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="eps">Added to the variance.</param>
    public static ConditionalBatchNorm2d OfNothing(int channels, double eps = 1e-5) => new(channels, affine: true, eps, 0);

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

        return new(channels, affine: false, eps, aroundOne ? 1 : 0, table);
    }

    /// <summary>A scale and a shift that are linear in a vector.</summary>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="layers">Makes a layer from the vector to so many numbers; it is called for what is added to a scale of 1, then for the
    /// shift.</param>
    public static ConditionalBatchNorm2d OfVector(int channels, Func<int, nn.Module<Tensor, Tensor>> layers) =>
        new(channels, affine: false, 1e-5, 1, gain: layers(channels), bias: layers(channels));

    /// <summary>Normalises, then scales and shifts.</summary>
    /// <param name="input">Shape (B, C, H, W).</param>
    /// <param name="condition">Class numbers, int64, shape (B), or vectors, shape (B, V); not looked at where there is one scale for
    /// all.</param>
    /// <returns>Shape (B, C, H, W).</returns>
    public override Tensor forward(Tensor input, Tensor? condition)
    {
        using var scope = NewDisposeScope();
        var h = bn.call(input); // (B, C, H, W)
        if (embed is not null)
        {
            var both = embed.call(condition!).to(h.dtype).chunk(2, 1); // twice (B, C)
            h = Affine(h, both[0], both[1]);
        }
        else if (gain is not null)
        {
            h = Affine(h, gain.call(condition!), bias!.call(condition!));
        }

        return h.MoveToOuterDisposeScope(); // (B, C, H, W)
    }

    private Tensor Affine(Tensor h, Tensor scale, Tensor shift)
    {
        scale = _offset == 0 ? scale : scale + _offset;
        return (h * scale.unsqueeze(2).unsqueeze(3)).add_(shift.unsqueeze(2).unsqueeze(3)); // (B, C, H, W)
    }
}
