namespace ResearchKit.Models;

/// <summary>The DCGAN generator: transposed convolutions, batch normalisation, ReLU, tanh.</summary>
/// <remarks>
/// Radford, Metz and Chintala, arXiv:1511.06434, section 3, with the widths of PyTorch's DCGAN tutorial (64 pixels: 3,576,704 parameters
/// with
/// its defaults; the paper's own are twice as wide). State-dict keys are the tutorial's (<c>main.0.weight</c>, ...), so are the weights'
/// shapes.
/// Deviations: 32 pixels leave out one doubling; 28 pixels go 4 -> 7 -> 14 -> 28.
/// </remarks>
public sealed class DcganGenerator : LatentGenerator
{
    private readonly nn.Module<Tensor, Tensor> main;

    /// <summary>Builds the network with the paper's initial weights (<see cref="DcganWeights"/>).</summary>
    /// <param name="imageSize">Height and width of the images: 28, 32 or 64.</param>
    /// <param name="channels">Channels of the images, at least 1.</param>
    /// <param name="features">Channels of the last hidden layer (ngf); earlier layers have 2, 4, 8 times as many.</param>
    /// <param name="latentSize">The length of z.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is another, or a count is below 1.</exception>
    public DcganGenerator(int imageSize = 64, int channels = 3, int features = 64, int latentSize = 100)
        : base(nameof(DcganGenerator), latentSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (ImageSize, Channels, Features) = (imageSize, channels, features);
        var plan = DcganPlan.For(imageSize);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) =>
            layers.Add((layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), layer));

        var width = features << (plan.Doublings.Length - 1);
        Add(nn.ConvTranspose2d(latentSize, width, plan.SmallestSize, bias: false)); // (B, width, 4, 4)
        foreach (var kernel in plan.Doublings)
        {
            Add(nn.BatchNorm2d(width));
            Add(nn.ReLU(inplace: true));
            var next = layers.Count == 3 * plan.Doublings.Length ? channels : width / 2;
            Add(nn.ConvTranspose2d(width, next, kernel, stride: 2, padding: 1, bias: false)); // (B, next, 2H, 2W), or 2H - 1 for kernel 3
            width = next;
        }

        Add(nn.Tanh());
        main = nn.Sequential(layers);
        RegisterComponents();
        DcganWeights.Initialize(this);
    }

    /// <summary>Height and width of the images.</summary>
    public int ImageSize { get; }

    /// <summary>Channels of the images.</summary>
    public int Channels { get; }

    /// <summary>Channels of the last hidden layer (ngf).</summary>
    public int Features { get; }

    /// <summary>Turns latent vectors into images.</summary>
    /// <param name="input">z, shape (B, LatentSize).</param>
    /// <returns>Shape (B, C, H, W), values in (-1, 1).</returns>
    public override Tensor forward(Tensor input)
    {
        using var z = input.reshape(input.shape[0], LatentSize, 1, 1); // (B, Z, 1, 1)
        return main.call(z); // (B, C, H, W)
    }
}
