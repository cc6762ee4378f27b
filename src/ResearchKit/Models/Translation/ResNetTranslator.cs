using TorchSharp.Modules;

namespace ResearchKit.Models.Translation;

/// <summary>CycleGAN's generator: two convolutions that halve the image, residual blocks, two that double it again.</summary>
/// <remarks>Zhu et al., arXiv:1703.10593, section 4 and appendix 7.2, as in the authors' PyTorch code: reflection padding, instance
/// normalisation without scale and shift, weights from N(0, 0.02). 9 blocks for 256 pixels (11,378,179 parameters), 6 for 128 (7,837,699).
/// State-dict keys are the authors'. Deviations: none.</remarks>
public sealed class ResNetTranslator : ImageTranslator
{
    private readonly Sequential model;

    /// <summary>Builds the network.</summary>
    /// <param name="inputs">Channels of the images that go in, at least 1.</param>
    /// <param name="outputs">Channels of the images that come out, at least 1.</param>
    /// <param name="features">Channels of the first and the last hidden layer, at least 1; the blocks have four times as many.</param>
    /// <param name="blocks">Residual blocks, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public ResNetTranslator(int inputs = 3, int outputs = 3, int features = 64, int blocks = 9)
        : base(nameof(ResNetTranslator), inputs, outputs, features)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        Blocks = blocks;
        var inner = 4 * features;
        model = nn.Sequential(
        [
            nn.ReflectionPad2d(3), nn.Conv2d(inputs, features, 7), .. Normalized(features), // (B, F, H, W)
            nn.Conv2d(features, 2 * features, 3, stride: 2, padding: 1), .. Normalized(2 * features), // (B, 2 F, H/2, W/2)
            nn.Conv2d(2 * features, inner, 3, stride: 2, padding: 1), .. Normalized(inner), // (B, 4 F, H/4, W/4)
            .. Enumerable.Range(0, blocks).Select(_ => new Block(inner)),
            nn.ConvTranspose2d(inner, 2 * features, 3, stride: 2, padding: 1, output_padding: 1), .. Normalized(2 * features),
            nn.ConvTranspose2d(2 * features, features, 3, stride: 2, padding: 1, output_padding: 1), .. Normalized(features),
            nn.ReflectionPad2d(3), nn.Conv2d(features, outputs, 7), nn.Tanh(), // (B, C, H, W)
        ]);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Residual blocks.</summary>
    public int Blocks { get; }

    /// <inheritdoc/>
    public override int SizeStep => 4;

    /// <inheritdoc/>
    protected override Tensor Translate(Tensor x) => model.call(x);

    private static nn.Module<Tensor, Tensor>[] Normalized(int width) => [nn.InstanceNorm2d(width), nn.ReLU()];

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential conv_block;

        public Block(int width)
            : base(nameof(Block))
        {
            conv_block = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU(),
                nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var change = conv_block.call(input);
            return input + change;
        }
    }
}
