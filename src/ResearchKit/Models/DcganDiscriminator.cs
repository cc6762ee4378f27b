using System.Globalization;
using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>The DCGAN discriminator: strided convolutions, batch normalisation (or another, or none), leaky ReLU; gives logits.</summary>
/// <remarks>
/// Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 2,765,568 parameters
/// with
/// its defaults). Deviations: gives logits, no final sigmoid (the losses work on logits); 28 and 32 pixels mirror the generator. With
/// another normalisation
/// than the paper's, convolutions have a bias wherever no normalisation follows that would take it away.
/// </remarks>
public sealed class DcganDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32 or 64.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the first hidden layer (ndf); later layers have 2, 4, 8 times as many.</param>
    /// <param name="normalization">What is normalised; batch normalisation in the paper.</param>
    /// <param name="minibatchStandardDeviation">Samples whose deviation is shown to the last convolution
    /// (<see cref="MinibatchStandardDeviation"/>), at least 2; 0 for none, as in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size or the normalisation is another, or a count is too small.</exception>
    public DcganDiscriminator(
        int imageSize = 64, int channels = 3, int features = 64,
            DiscriminatorNormalization normalization = DiscriminatorNormalization.Batch, int minibatchStandardDeviation = 0)
        : base(nameof(DcganDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (minibatchStandardDeviation is not (0 or >= 2))
        {
            throw new ArgumentOutOfRangeException(nameof(minibatchStandardDeviation), minibatchStandardDeviation,
                "It must be 0 (none) or at least 2 samples to compare.");
        }

        var plan = DcganPlan.For(imageSize);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add((layers.Count.ToString(CultureInfo.InvariantCulture), layer));

        var width = channels;
        foreach (var kernel in plan.Doublings.Reverse())
        {
            var isFirst = layers.Count == 0;
            var next = isFirst ? features : width * 2;
            var norm = isFirst ? null : DcganNormalization.Layer(normalization, next); // none on the first layer (section 3)
            // (B, next, H/2, W/2)
            Add(DcganNormalization.Convolution(normalization, width, next, kernel, stride: 2, padding: 1, isNormalized: norm is not null));
            if (norm is not null)
            {
                Add(norm);
            }

            Add(new LeakyReLU(0.2, inPlace: true));
            width = next;
        }

        if (minibatchStandardDeviation != 0)
        {
            Add(new MinibatchStandardDeviation(minibatchStandardDeviation)); // (B, width + 1, 4, 4)
            width++;
        }

        // (B, 1, 1, 1)
        Add(DcganNormalization.Convolution(normalization, width, 1, plan.SmallestSize, stride: 1, padding: 0, isNormalized: false));
        main = nn.Sequential(layers);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Scores images.</summary>
    /// <param name="input">Shape (B, C, H, W), values in [-1, 1].</param>
    /// <returns>Logits, shape (B); sigmoid gives the probability of "real".</returns>
    public override Tensor forward(Tensor input)
    {
        using var logits = main.call(input); // (B, 1, 1, 1)
        return logits.reshape(input.shape[0]); // (B)
    }
}
