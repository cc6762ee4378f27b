using static TorchSharp.torch;

namespace ResearchKit.Models;

/// <summary>The DCGAN discriminator: strided convolutions, batch normalisation, leaky ReLU; gives logits.</summary>
/// <remarks>
/// Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 2,765,568 parameters with
/// its defaults). Deviations: gives logits, no final sigmoid (the losses work on logits); 28 and 32 pixels mirror the generator.
/// </remarks>
public sealed class DcganDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32 or 64.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the first hidden layer (ndf); later layers have 2, 4, 8 times as many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is another, or a count is below 1.</exception>
    public DcganDiscriminator(int imageSize = 64, int channels = 3, int features = 64)
        : base(nameof(DcganDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var plan = DcganPlan.For(imageSize);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add((layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), layer));

        var width = channels;
        foreach (var kernel in plan.Doublings.Reverse())
        {
            var next = layers.Count == 0 ? features : width * 2;
            Add(nn.Conv2d(width, next, kernel, stride: 2, padding: 1, bias: false)); // (B, next, H/2, W/2)
            if (layers.Count > 1)
            {
                Add(nn.BatchNorm2d(next)); // none on the first layer (section 3)
            }

            Add(nn.LeakyReLU(0.2, inplace: true));
            width = next;
        }

        Add(nn.Conv2d(width, 1, plan.SmallestSize, bias: false)); // (B, 1, 1, 1)
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
