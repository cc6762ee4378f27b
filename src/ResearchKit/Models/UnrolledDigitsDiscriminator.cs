using System.Globalization;
using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>The small discriminator that Unrolled GAN learns stacked digits with: three strided convolutions of 3 x 3, each with batch
/// normalisation (or another, or none) and leaky ReLU of slope 0.3; gives logits.</summary>
/// <remarks>
/// Metz et al., arXiv:1611.02163, section 3.3.1 and appendix, which names its size after the generator's: 4, 8, 16 channels ("1/2 G") and
/// 2, 4, 8 ("1/4 G"); details as PacGAN's authors (arXiv:1712.04086, section 4.2) built it
/// again in their code: 28 -> 14 -> 7 -> 4 and a linear layer, weights N(0, 0.02). 1,861 and 571 parameters. Deviations: as
/// <see cref="UnrolledDigitsGenerator"/>; without any normalisation, for penalties on the slope,
/// weights start at He's sizes for slope 0.3 (arXiv:1502.01852, eq. 15), for 0.02 would let nearly nothing through.
/// </remarks>
public sealed class UnrolledDigitsDiscriminator : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.3;

    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with its initial weights.</summary>
    /// <param name="features">Channels of the first layer, at least 1: 2 for a quarter of G, 4 for a half.</param>
    /// <param name="channels">Channels of the pictures, at least 1.</param>
    /// <param name="normalization">What is normalised; batch normalisation in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1, or there is no such normalisation.</exception>
    public UnrolledDigitsDiscriminator(int features = 2, int channels = 3,
        DiscriminatorNormalization normalization = DiscriminatorNormalization.Batch)
        : base(nameof(UnrolledDigitsDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add((layers.Count.ToString(CultureInfo.InvariantCulture), layer));

        var width = channels;
        foreach (var next in (int[])[features, 2 * features, 4 * features])
        {
            var norm = DcganNormalization.Layer(normalization, next);
            // (B, next, 14, 14), (.., 7, 7), (.., 4, 4)
            Add(DcganNormalization.Convolution(normalization, width, next, kernel: 3, stride: 2, padding: 1,
                isNormalized: norm is not null));
            if (norm is not null)
            {
                Add(norm);
            }

            Add(new LeakyReLU(Slope, inPlace: true));
            width = next;
        }

        // a bias: nothing takes it away here
        var last = normalization == DiscriminatorNormalization.Batch ? DiscriminatorNormalization.None : normalization;
        // (B, 1, 1, 1), a linear layer
        Add(DcganNormalization.Convolution(last, width, 1, kernel: 4, stride: 1, padding: 0, isNormalized: false));
        main = nn.Sequential(layers);
        RegisterComponents();
        DcganWeights.Initialize(this);
        if (normalization == DiscriminatorNormalization.None)
        {
            Enlarge();
        }
    }

    /// <summary>Scores pictures.</summary>
    /// <param name="input">Shape (B, C, 28, 28), values in [-1, 1].</param>
    /// <returns>Logits, shape (B); sigmoid gives the probability of "real".</returns>
    public override Tensor forward(Tensor input)
    {
        using var logits = main.call(input); // (B, 1, 1, 1)
        return logits.reshape(input.shape[0]); // (B)
    }

    private void Enlarge()
    {
        using var noGrad = no_grad();
        foreach (var convolution in main.modules().OfType<TorchSharp.Modules.Conv2d>())
        {
            nn.init.kaiming_normal_(convolution.weight, Slope, nonlinearity: nn.init.NonlinearityType.LeakyReLU);
        }
    }
}
