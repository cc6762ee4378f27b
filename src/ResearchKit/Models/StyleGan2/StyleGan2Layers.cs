using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>What a block adds to the image: a convolution of 1 x 1 whose input channels a style scales, without demodulation.</summary>
internal sealed class ImageOutput : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly EqualizedLinear affine;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Scalar _gain;

    public ImageOutput(int inputs, int channels, int styleSize)
        : base(nameof(ImageOutput))
    {
        _gain = 1 / Math.Sqrt(inputs);
        affine = new EqualizedLinear(styleSize, inputs, start: 1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        weight = EqualizedWeights.Keep(randn(channels, inputs, 1, 1));
        bias = EqualizedWeights.Keep(zeros(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor style)
    {
        using var scope = NewDisposeScope();
        var styles = (affine.call(style) * _gain).unsqueeze(2).unsqueeze(3); // (B, inputs, 1, 1)
        return nn.functional.conv2d(input * styles, weight, bias).MoveToOuterDisposeScope(); // (B, C, H, H)
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gain.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Turns z, labels or both into w: normalised, then fully connected layers that learn slowly.</summary>
internal sealed class StyleMapping : nn.Module<Tensor?, Tensor?, Tensor>
{
    private const double MeanDecay = 0.995;

    private readonly EqualizedLinear? embed;
    private readonly Tensor? w_avg;
    private readonly EqualizedLinear[] _layers;
    private readonly int _classes;

    /// <summary>Without z where its length is 0; D's needs no mean.</summary>
    public StyleMapping(int latentSize, int classes, int styleSize, int layers, bool hasMean)
        : base(nameof(StyleMapping))
    {
        _classes = classes;
        embed = classes == 0 ? null : new EqualizedLinear(classes, styleSize);
        var inputs = latentSize + (classes == 0 ? 0 : styleSize);
        _layers = [.. Enumerable.Range(0, layers).Select(i => new EqualizedLinear(i == 0 ? inputs : styleSize, styleSize, true, 0.01))];
        w_avg = hasMean ? zeros(styleSize).DetachFromDisposeScope() : null;
        RegisterComponents();
        foreach (var (i, layer) in _layers.Index())
        {
            register_module($"fc{i}", layer);
        }
    }

    /// <summary>The moving mean of w, shape (W).</summary>
    public Tensor Mean => w_avg!;

    public override Tensor forward(Tensor? z, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var inputs = new List<Tensor>();
        if (z is not null)
        {
            inputs.Add(Normalized(z)); // (B, Z)
        }

        if (embed is not null)
        {
            var vectors = nn.functional.one_hot(labels!, _classes).to(embed.parameters().First().dtype); // (B, K)
            inputs.Add(Normalized(embed.call(vectors))); // (B, W)
        }

        return _layers.Aggregate(cat(inputs, 1), (x, layer) => layer.call(x)).MoveToOuterDisposeScope(); // (B, W)
    }

    /// <summary>Moves the mean towards that of a batch.</summary>
    public void Observe(Tensor w)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        w_avg!.lerp_(w.mean([0]).to(w_avg.dtype), 1 - MeanDecay);
    }

    // to a mean square of 1
    private static Tensor Normalized(Tensor x) => x * (x.square().mean([1], keepdim: true) + EqualizedWeights.Epsilon).rsqrt();
}
