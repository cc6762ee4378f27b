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
    private readonly (long Height, long Width) _kernel, _stride, _padding, _after;
    private readonly bool _isOfPoint;

    private ConvTransposeAsProduct(Convolution layer, bool isOfPoint)
        : base(nameof(ConvTransposeAsProduct))
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        // sizes, and not the layer: a module that is a field would be a part of this one
        (_kernel, _stride, _padding) = (Plane(layer.kernel_size), Plane(layer.stride), Plane(layer.padding!));
        (_after, _isOfPoint) = (Plane(layer.output_padding ?? [0, 0]), isOfPoint);
        var taps = layer.weight.flatten(2); // (C, O, K)
        weight = EqualizedWeights.Keep(isOfPoint ? taps.transpose(1, 2).flatten(1).clone() : taps.flatten(1).t().clone());
        bias = layer.bias is { } b ? EqualizedWeights.Keep(isOfPoint ? b.repeat(taps.shape[2]) : b.reshape(-1, 1, 1).clone()) : null;
        RegisterComponents();
    }

    /// <summary>The form for maps of one place; null where the layer is of another kind, or pads.</summary>
    /// <param name="layer">The layer, whose weights are copied; it stays the caller's.</param>
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
            // (B, K, K, O): the channels of a place side by side in memory, as the convolutions after it want them
            var places = bias is null ? input.flatten(1).mm(weight) : addmm(bias, input.flatten(1), weight, 1, 1);
            return places.reshape(input.shape[0], _kernel.Height, _kernel.Width, -1).permute(0, 3, 1, 2) // (B, O, K, K)
                .MoveToOuterDisposeScope();
        }

        var columns = matmul(weight, input.flatten(2)); // (B, O K, H W)
        static long Size(long places, long stride, long padding, long kernel, long after) =>
            ((places - 1) * stride) - (2 * padding) + kernel + after;
        var size = (Size(input.shape[2], _stride.Height, _padding.Height, _kernel.Height, _after.Height),
            Size(input.shape[3], _stride.Width, _padding.Width, _kernel.Width, _after.Width));
        var y = nn.functional.fold(columns, size, _kernel, null, _padding, _stride); // (B, O, H', W')
        return (bias is null ? y : y.add_(bias)).MoveToOuterDisposeScope();
    }

    private static (long, long) Plane(long[] sizes) => (sizes[0], sizes[1]);

    private static ConvTranspose2d? IsPlain(nn.Module layer) =>
        layer is ConvTranspose2d { groups: 1 } c && c.dilation.All(d => d == 1) ? c : null;
}
