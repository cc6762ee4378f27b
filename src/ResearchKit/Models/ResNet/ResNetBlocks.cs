using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>A residual block of a generator, which doubles the side of the image.</summary>
/// <remarks>norm, ReLU, up, 3 x 3, norm, ReLU, 3 x 3, and a shortcut of up and 1 x 1. The shortcut convolves before it enlarges: the two
/// commute, and a quarter of the places is left to compute.</remarks>
internal sealed class ResNetGeneratorBlock : nn.Module<Tensor, Tensor?, Tensor>, IInferenceForm
{
    private readonly ConditionalBatchNorm2d bn1;
    private readonly ConditionalBatchNorm2d bn2;
    private readonly nn.Module<Tensor, Tensor> conv1;
    private readonly nn.Module<Tensor, Tensor> conv2;
    private readonly nn.Module<Tensor, Tensor> conv_sc;
    private readonly bool _bilinear;
    private bool _isFolded;

    public ResNetGeneratorBlock(int inputs, int outputs, ResNetStyle style, Func<int, ConditionalBatchNorm2d> norm)
        : base(nameof(ResNetGeneratorBlock))
    {
        bn1 = norm(inputs);
        bn2 = norm(outputs);
        conv1 = style.BlockConvolution(inputs, outputs, style.SpectralGenerator);
        conv2 = style.BlockConvolution(outputs, outputs, style.SpectralGenerator);
        conv_sc = style.Convolution(inputs, outputs, 1, style.SpectralGenerator);
        _bilinear = style.Bilinear;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor? condition)
    {
        using var scope = NewDisposeScope();
        var h = conv1.call(Up(bn1.call(input, condition).relu_())); // (B, outputs, 2 H, 2 W)
        h = conv2.call((_isFolded ? h : bn2.call(h, condition)).relu_()); // (B, outputs, 2 H, 2 W)
        return h.add_(Up(conv_sc.call(input))).MoveToOuterDisposeScope(); // (B, outputs, 2 H, 2 W)
    }

    // The other one comes after a sum.
    public bool FoldNormalization() => _isFolded = _isFolded || (bn2.Unconditional is { } norm && BatchNormFolding.Fold(conv1, norm));

    private Tensor Up(Tensor x) => _bilinear
        ? nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false)
        : nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
}

/// <summary>A residual block of a discriminator, which may halve the side of the image.</summary>
/// <remarks>ReLU, 3 x 3, ReLU, 3 x 3, average of 2 x 2, and a shortcut of 1 x 1 and average, which commute: the average comes first here.
/// The first block of a network has no first ReLU.</remarks>
internal sealed class ResNetDiscriminatorBlock : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> conv1;
    private readonly nn.Module<Tensor, Tensor> conv2;
    private readonly nn.Module<Tensor, Tensor>? conv_sc;
    private readonly bool _isFirst;
    private readonly bool _halves;

    public ResNetDiscriminatorBlock(int inputs, int outputs, ResNetStyle style, bool isFirst, bool halves)
        : base(nameof(ResNetDiscriminatorBlock))
    {
        var hidden = isFirst || style.WideDiscriminator ? outputs : inputs;
        conv1 = style.BlockConvolution(inputs, hidden, style.SpectralDiscriminator);
        conv2 = style.BlockConvolution(hidden, outputs, style.SpectralDiscriminator);
        conv_sc = inputs != outputs || halves ? style.Convolution(inputs, outputs, 1, style.SpectralDiscriminator) : null;
        (_isFirst, _halves) = (isFirst, halves);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = conv1.call(_isFirst ? input : input.relu()); // (B, hidden, H, W); not in place: the shortcut needs the input
        h = Halved(conv2.call(h.relu())); // (B, outputs, H/2, W/2)
        var shortcut = conv_sc is null ? input : conv_sc.call(Halved(input)); // (B, outputs, H/2, W/2)
        return (h + shortcut).MoveToOuterDisposeScope();
    }

    private Tensor Halved(Tensor x) => _halves ? nn.functional.avg_pool2d(x, 2) : x;
}
