using TorchSharp.Modules;

namespace ResearchKit.Models.Translation;

/// <summary>PatchGAN: a discriminator that judges each patch of an image by itself.</summary>
/// <remarks>Isola et al., arXiv:1611.07004, section 3.2.2 and appendix 6.1.2, as in the authors' PyTorch code: 4 x 4 convolutions, leaky
/// ReLU of 0.2, weights from N(0, 0.02). Three layers see patches of 70 pixels (2,764,737 parameters for three channels). State-dict keys
/// are the authors'. Deviations: none; it gives logits.</remarks>
public sealed class PatchDiscriminator : nn.Module<Tensor, Tensor>
{
    private const int Widest = 8; // times the first layer's width
    private readonly Sequential model;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of what it judges, at least 1: in pix2pix those of input and output together.</param>
    /// <param name="features">Channels of the first layer, at least 1; later ones have 2, 4 and 8 times as many.</param>
    /// <param name="layers">Layers that halve the image, at least 1: the size of the patches (<see cref="ReceptiveField"/>).</param>
    /// <param name="normalization">What is normalised, in all hidden layers but the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public PatchDiscriminator(int channels = 3, int features = 64, int layers = 3,
        TranslationNormalization normalization = TranslationNormalization.Instance)
        : base(nameof(PatchDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        Halvings = layers;
        List<nn.Module<Tensor, Tensor>> all =
            [nn.Conv2d(channels, features, 4, stride: 2, padding: 1), new Layers.LeakyReLU(0.2, inPlace: true)]; // (B, F, H/2, W/2)
        var width = features;
        for (var i = 1; i <= layers; i++)
        {
            var next = features * Math.Min(1 << i, Widest);
            all.AddRange(nn.Conv2d(width, next, 4, stride: i < layers ? 2 : 1, padding: 1, bias: normalization.WithBias()),
                normalization.Layer(next), new Layers.LeakyReLU(0.2, inPlace: true));
            width = next;
        }

        model = nn.Sequential([.. all, nn.Conv2d(width, 1, 4, padding: 1)]); // (B, 1, H/2^n - 2, W/2^n - 2)
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Layers that halve the image.</summary>
    public int Halvings { get; }

    /// <summary>Side of the patch, in pixels, that one logit depends on: 16, 34, 70, 142 for 1, 2, 3, 4 layers.</summary>
    public int ReceptiveField => ReceptiveFieldOf(Halvings);

    /// <summary>Side of the patch that one logit of a network with so many layers depends on.</summary>
    /// <param name="layers">Layers that halve the image, at least 1.</param>
    /// <returns>In pixels.</returns>
    public static int ReceptiveFieldOf(int layers) => (9 << layers) - 2; // 7 places, 2^n apart, of 3 * 2^n - 2 pixels each

    /// <summary>Judges images.</summary>
    /// <param name="input">Shape (B, C, H, W); [-1, 1] is black to white.</param>
    /// <returns>Logits of overlapping patches, shape (B, 1, H/2^n - 2, W/2^n - 2).</returns>
    public override Tensor forward(Tensor input) => model.call(input);
}
