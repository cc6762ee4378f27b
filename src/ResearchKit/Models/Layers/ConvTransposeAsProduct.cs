using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A transposed convolution of images as a matrix product, whose columns are then added up where they
/// overlap.</summary>
/// <remarks>It gives the same numbers, up to rounding. Where the input has one place, or the outputs are few, it is faster than libtorch
/// 2.10's own on a CPU; between, it is slower. Measured by <c>researchkit latency --ways plain,dense</c>.</remarks>
internal sealed class ConvTransposeAsProduct : nn.Module<Tensor, Tensor>
{
    private const int FewOutputs = 4;

    private readonly Parameter weight; // (O K, C); for one place (C, K O), K taps
    private readonly Parameter? bias; // (O, 1, 1); for one place (K O)
    private readonly Convolution _layer; // its sizes; the layer is its owner's
    private readonly bool _isOfPoint;

    private ConvTransposeAsProduct(Convolution layer, bool isOfPoint)
        : base(nameof(ConvTransposeAsProduct))
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        (_layer, _isOfPoint) = (layer, isOfPoint);
        var taps = layer.weight.flatten(2); // (C, O, K)
        weight = EqualizedWeights.Keep(isOfPoint ? taps.transpose(1, 2).flatten(1).clone() : taps.flatten(1).t().clone());
        bias = layer.bias is { } b ? EqualizedWeights.Keep(isOfPoint ? b.repeat(taps.shape[2]) : b.reshape(-1, 1, 1).clone()) : null;
        RegisterComponents();
    }

    /// <summary>The form for maps of one place; null where the layer is of another kind, or pads.</summary>
    /// <param name="layer">The layer, whose weights are copied; it stays the caller's and must live as long.</param>
    public static ConvTransposeAsProduct? OfPoint(nn.Module layer) =>
        IsPlain(layer) is { } c && c.padding!.Concat(c.output_padding ?? []).All(p => p == 0) ? new(c, isOfPoint: true) : null;

    /// <summary>The form for few outputs; null where they are many, or the layer is of another kind.</summary>
    /// <inheritdoc cref="OfPoint"/>
    public static ConvTransposeAsProduct? OfFew(nn.Module layer) =>
        IsPlain(layer) is { out_channels: <= FewOutputs } c ? new(c, isOfPoint: false) : null;

    /// <summary>Applies it.</summary>
    /// <param name="input">Shape (B, C, H, W), of one place (B, C, 1, 1).</param>
    /// <returns>As the layer gives it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (_isOfPoint)
        {
            var (height, width) = (_layer.kernel_size[0], _layer.kernel_size[1]);
            // (B, K, K, O): the channels of a place side by side in memory, as the convolutions after it want them
            var places = bias is null ? input.flatten(1).mm(weight) : addmm(bias, input.flatten(1), weight, 1, 1);
            return places.reshape(-1, height, width, _layer.out_channels).permute(0, 3, 1, 2).MoveToOuterDisposeScope(); // (B, O, K, K)
        }

        var columns = matmul(weight, input.flatten(2)); // (B, O K, H W)
        long Size(int i) => ((input.shape[i + 2] - 1) * _layer.stride[i]) - (2 * _layer.padding![i]) + _layer.kernel_size[i]
            + (_layer.output_padding?[i] ?? 0);
        var y = nn.functional.fold(columns, (Size(0), Size(1)), Plane(_layer.kernel_size), null, Plane(_layer.padding!),
            Plane(_layer.stride)); // (B, O, H', W')
        return (bias is null ? y : y.add_(bias)).MoveToOuterDisposeScope();
    }

    private static (long, long) Plane(long[] sizes) => (sizes[0], sizes[1]);

    private static ConvTranspose2d? IsPlain(nn.Module layer) =>
        layer is ConvTranspose2d { groups: 1 } c && c.dilation.All(d => d == 1) ? c : null;
}
