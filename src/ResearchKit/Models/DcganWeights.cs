using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>The initial weights of a DCGAN.</summary>
/// <remarks>arXiv:1511.06434, section 4: N(0, 0.02). Batch-normalisation scales start at N(1, 0.02), shifts and biases at 0, as in the
/// authors' code.</remarks>
public static class DcganWeights
{
    /// <summary>Draws new weights for every convolution and batch normalisation in <paramref name="network"/> from the global
    /// generator.</summary>
    /// <param name="network">Any network; layers of other kinds keep their weights.</param>
    public static void Initialize(nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var noGrad = no_grad();
        foreach (var module in network.modules())
        {
            switch (module)
            {
                case Conv2d convolution:
                    Start(convolution.weight, convolution.bias);
                    break;
                case ConvTranspose2d convolution:
                    Start(convolution.weight, convolution.bias);
                    break;
                case SpectralConv2d or SpectralConvTranspose2d:
                    var spectral = (SpectralLayer)module;
                    Start(spectral.TrainedWeight, spectral.TrainedBias);
                    break;
                case BatchNorm2d { weight: not null } normalization:
                    nn.init.normal_(normalization.weight, 1, 0.02);
                    nn.init.zeros_(normalization.bias!);
                    break;
            }
        }
    }

    private static void Start(Parameter weight, Parameter? bias)
    {
        nn.init.normal_(weight, 0, 0.02);
        if (bias is not null)
        {
            nn.init.zeros_(bias);
        }
    }
}
