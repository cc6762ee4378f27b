using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>Lets every place of an image look at all places: what it sees is added, times a number that starts at 0.</summary>
/// <remarks>Zhang et al. (SAGAN), arXiv:1805.08318, section 3, as its authors' code has it: queries and keys of C/8 channels, values of
/// C/2, keys and values pooled to half the side, products not scaled, all four convolutions 1 x 1, spectrally normalised and without bias.
/// (The paper's text has C/8 channels of values and no pooling; BigGAN followed the code.) At the start the number is 0, so the
/// convolutions get a gradient only after its first step. Deviations: none from the code.</remarks>
public sealed class SelfAttention2d : nn.Module<Tensor, Tensor>
{
    /// <summary>The fewest channels that it takes.</summary>
    internal const int Narrowest = 8;

    private readonly SpectralConv2d theta;
    private readonly SpectralConv2d phi;
    private readonly SpectralConv2d g;
    private readonly SpectralConv2d o;
    private readonly Parameter gamma;
    private readonly int _channels;

    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="channels">Channels of the images, at least 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 8 channels.</exception>
    public SelfAttention2d(int channels)
        : base(nameof(SelfAttention2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, Narrowest);
        _channels = channels;
        theta = new SpectralConv2d(channels, channels / 8, 1, hasBias: false);
        phi = new SpectralConv2d(channels, channels / 8, 1, hasBias: false);
        g = new SpectralConv2d(channels, channels / 2, 1, hasBias: false);
        o = new SpectralConv2d(channels / 2, channels, 1, hasBias: false);
        gamma = new Parameter(zeros([]));
        gamma.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Adds to every place what it sees elsewhere.</summary>
    /// <param name="input">Shape (B, C, H, W); H and W even.</param>
    /// <returns>Shape (B, C, H, W).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (samples, height, width) = (input.shape[0], input.shape[2], input.shape[3]);
        var queries = theta.call(input).reshape(samples, _channels / 8, height * width); // (B, C/8, H W)
        var keys = nn.functional.max_pool2d(phi.call(input), 2).reshape(samples, _channels / 8, -1); // (B, C/8, H W / 4)
        var values = nn.functional.max_pool2d(g.call(input), 2).reshape(samples, _channels / 2, -1); // (B, C/2, H W / 4)
        var weights = queries.transpose(1, 2).bmm(keys).softmax(-1); // (B, H W, H W / 4), rows sum to 1
        var seen = values.bmm(weights.transpose(1, 2)).reshape(samples, _channels / 2, height, width); // (B, C/2, H, W)
        return (o.call(seen) * gamma).add_(input).MoveToOuterDisposeScope(); // (B, C, H, W)
    }
}
