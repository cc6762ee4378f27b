using TorchSharp.Modules;

namespace ResearchKit.Models.Translation;

/// <summary>pix2pix's generator: convolutions that halve the image, in the paper down to one place, as many that double it again, and
/// connections from each level on the way down to the same level on the way up.</summary>
/// <remarks>Isola et al., arXiv:1611.07004, appendix 6.1.1, as in the authors' PyTorch code: 54,413,955 parameters for 256 pixels,
/// 29,244,035 for 64. Dropout of a half stands in the levels of full width, except the innermost: 3 at 256 pixels, 1 at 64, none at 32. It
/// is all the noise there is. State-dict keys are the authors'. Deviations: none; instance normalisation is the authors' option.</remarks>
public sealed class UNetTranslator : ImageTranslator
{
    private const int Widest = 8; // times the outer layers' width
    private const int MostLevels = 16;
    private readonly Level model;

    /// <summary>Builds the network.</summary>
    /// <param name="levels">How often it halves the image, from 2 on; the paper's halve 256 pixels 8 times, to a single one. The authors'
    /// num_downs.</param>
    /// <param name="inputs">Channels of the images that go in, at least 1.</param>
    /// <param name="outputs">Channels of the images that come out, at least 1.</param>
    /// <param name="features">Channels of the outermost level, at least 1; the inner ones have 2, 4 and 8 times as many.</param>
    /// <param name="normalization">What is normalised: the batch in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or there are too many levels.</exception>
    public UNetTranslator(int levels = 8, int inputs = 3, int outputs = 3, int features = 64,
        TranslationNormalization normalization = TranslationNormalization.Batch)
        : base(nameof(UNetTranslator), inputs, outputs, features)
    {
        if (levels is < 2 or > MostLevels)
        {
            throw new ArgumentOutOfRangeException(nameof(levels), levels, $"A U-Net has 2 to {MostLevels} levels: log2 of the images' " +
                "side, or fewer.");
        }

        (Levels, Normalization) = (levels, normalization);
        int Width(int level) => features * Math.Min(1 << level, Widest);
        Level? inner = null;
        for (var level = levels - 1; level > 0; level--)
        {
            var hasDropout = level < levels - 1 && level >= 4; // of full width outside and inside
            inner = new Level(Width(level - 1), Width(level), inner, normalization, hasDropout);
        }

        model = new Level(inputs, outputs, features, inner!, normalization);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>How often it halves the image.</summary>
    public int Levels { get; }

    /// <summary>What is normalised.</summary>
    public TranslationNormalization Normalization { get; }

    /// <inheritdoc/>
    public override int SizeStep => 1 << Levels;

    /// <inheritdoc/>
    protected override Tensor Translate(Tensor x) => model.call(x);

    // A level and all levels inside it.
    private sealed class Level : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential model;
        private readonly bool _isOutermost;

        public Level(int inputs, int outputs, int width, Level inner, TranslationNormalization normalization)
            : base(nameof(Level))
        {
            _isOutermost = true;
            model = nn.Sequential(Down(inputs, width, normalization), inner, nn.ReLU(),
                nn.ConvTranspose2d(2 * width, outputs, 4, stride: 2, padding: 1), nn.Tanh());
            RegisterComponents();
        }

        public Level(int outer, int width, Level? inner, TranslationNormalization normalization, bool hasDropout)
            : base(nameof(Level))
        {
            nn.Module<Tensor, Tensor>[] middle = inner is null ? [] : [normalization.Layer(width), inner]; // one place has no statistics
            model = nn.Sequential(
            [
                new Layers.LeakyReLU(0.2), Down(outer, width, normalization), .. middle, nn.ReLU(),
                nn.ConvTranspose2d(inner is null ? width : 2 * width, outer, 4, stride: 2, padding: 1, bias: normalization.WithBias()),
                normalization.Layer(outer), .. hasDropout ? [nn.Dropout(0.5)] : (nn.Module<Tensor, Tensor>[])[],
            ]);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            if (_isOutermost)
            {
                return model.call(input);
            }

            using var inside = model.call(input);
            return cat([input, inside], 1); // (B, 2 C, H, W)
        }

        private static Conv2d Down(int inputs, int width, TranslationNormalization normalization) =>
            nn.Conv2d(inputs, width, 4, stride: 2, padding: 1, bias: normalization.WithBias());
    }
}
