using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A transposed 1-D convolution of stride s as a convolution of stride 1 that has s times the outputs: its s values of a place
/// are then the s places of the result.</summary>
/// <remarks>Shi et al., arXiv:1609.07009 (sub-pixel convolution). It gives the same numbers, up to rounding; libtorch 2.10 is faster so
/// on a CPU (<c>researchkit latency pretrained:notes --ways plain,dense</c>).</remarks>
internal sealed class SubpixelConvTranspose1d : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight; // (s O, C, K'), K' taps of each of the s places
    private readonly Parameter? bias; // (s O)
    private readonly int _stride;

    /// <summary>Copies a layer's weights into the form.</summary>
    /// <param name="layer">A transposed convolution of one group without dilation and output padding, whose kernel is
    /// (2 padding + stride) taps long, or one more; it stays the caller's.</param>
    /// <exception cref="ArgumentException">The kernel is of another length.</exception>
    public SubpixelConvTranspose1d(ConvTranspose1d layer)
        : base(nameof(SubpixelConvTranspose1d))
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (stride, before) = ((int)layer.stride[0], layer.padding![0]);
        var (inputs, outputs, kernel) = (layer.weight.shape[0], layer.weight.shape[1], layer.weight.shape[2]);
        if (kernel - (2 * before) - stride is not (0 or 1))
        {
            throw new ArgumentException($"A kernel of {kernel} taps does not give {stride} places for one.", nameof(layer));
        }

        // y[s i + a] = sum over d of x[i + d] w[a + before - s d], with d from -reach to reach and w = 0 beyond its taps
        _stride = stride;
        var reach = (kernel - before - 1) / stride;
        var missing = (reach * stride) - before;
        var taps = ((2 * reach) + 1) * stride;
        var padded = nn.functional.pad(layer.weight, [missing, taps - missing - kernel]); // (C, O, s K')
        weight = EqualizedWeights.Keep(padded.reshape(inputs, outputs, -1, stride).flip(2).permute(1, 3, 0, 2)
            .reshape(outputs * stride, inputs, -1));
        bias = layer.bias is { } b ? EqualizedWeights.Keep(b.repeat_interleave(stride)) : null;
        RegisterComponents();
    }

    /// <summary>Applies it.</summary>
    /// <param name="input">Shape (B, C, T).</param>
    /// <returns>Shape (B, O, s T): as the layer gives it, without a last place that a kernel of one tap more adds.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var places = nn.functional.conv1d(input, weight, bias, padding: weight.shape[2] / 2); // (B, s O, T)
        return places.reshape(input.shape[0], -1, _stride, input.shape[2]).transpose(2, 3).flatten(2).MoveToOuterDisposeScope();
    }
}
