namespace ResearchKit.Models;

/// <summary>The small generator that Unrolled GAN learns stacked digits with: z to 4 x 4 x 64, then 32, 16 and 8 channels by strided
/// transposed convolutions of 3 x 3, then a convolution to the picture.</summary>
/// <remarks>
/// Metz et al., arXiv:1611.02163, section 3.3.1 and appendix; details as PacGAN's authors (arXiv:1712.04086, section 4.2) built it again in
/// their code: batch normalisation and ReLU after every layer but the last, kernels of 3 x 3,
/// 4 -> 7 -> 14 -> 28, a last convolution of stride 1 with tanh, weights N(0, 0.02). With its defaults 286,795 parameters. Deviations:
/// biases that batch normalisation takes away at once are left out; its scales start at
/// N(1, 0.02) as in the kit's DCGAN, theirs at 1; padding is symmetric, where TensorFlow's "same" sometimes pads one side alone; running
/// averages move by 0.1 a step.
/// </remarks>
public sealed class UnrolledDigitsGenerator : LatentGenerator
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with its initial weights.</summary>
    /// <param name="latentSize">The length of z, at least 1; 256 in the paper.</param>
    /// <param name="channels">Channels of the pictures, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1.</exception>
    public UnrolledDigitsGenerator(int latentSize = 256, int channels = 3)
        : base(nameof(UnrolledDigitsGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Channels = channels;
        main = nn.Sequential(
            // (B, 64, 4, 4), a linear layer to 1,024
            nn.ConvTranspose2d(latentSize, 64, 4, bias: false), nn.BatchNorm2d(64), nn.ReLU(inplace: true),
            nn.ConvTranspose2d(64, 32, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(32), nn.ReLU(inplace: true), // (B, 32, 7, 7)
            // (B, 16, 14, 14)
            nn.ConvTranspose2d(32, 16, 3, stride: 2, padding: 1, output_padding: 1, bias: false), nn.BatchNorm2d(16),
                nn.ReLU(inplace: true),
            // (B, 8, 28, 28)
            nn.ConvTranspose2d(16, 8, 3, stride: 2, padding: 1, output_padding: 1, bias: false), nn.BatchNorm2d(8), nn.ReLU(inplace: true),
            nn.Conv2d(8, channels, 3, padding: 1), nn.Tanh()); // (B, C, 28, 28)
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Channels of the pictures.</summary>
    public int Channels { get; }

    /// <summary>Turns latent vectors into pictures.</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <returns>Shape (B, C, 28, 28), values in (-1, 1).</returns>
    public override Tensor forward(Tensor input)
    {
        using var z = input.reshape(input.shape[0], LatentSize, 1, 1); // (B, Z, 1, 1)
        return main.call(z); // (B, C, 28, 28)
    }
}
