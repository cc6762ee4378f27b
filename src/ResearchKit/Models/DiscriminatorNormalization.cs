using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>What a convolutional discriminator normalises in its hidden layers.</summary>
public enum DiscriminatorNormalization
{
    /// <summary>Nothing: the choice of R3GAN (arXiv:2501.05441), and of a penalty that looks at each sample alone.</summary>
    None,

    /// <summary>Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167): a sample's logit then depends on its batch.</summary>
    Batch,

    /// <summary>Instance normalisation (Ulyanov et al., arXiv:1607.08022): each channel of each sample by itself, then scaled and
    /// shifted.</summary>
    Instance,

    /// <summary>Layer normalisation (Ba et al., arXiv:1607.06450): each sample over all its channels and places, with a scale and a shift
    /// for each channel. What WGAN-GP's authors put in place of batch normalisation (arXiv:1704.00028, section 4).</summary>
    Layer,

    /// <summary>Spectral normalisation of every weight (Miyato et al., arXiv:1802.05957), and not of what flows through.</summary>
    Spectral,
}

/// <summary>The layers of a convolutional discriminator that depend on what it normalises.</summary>
internal static class NormalizedConvolution
{
    /// <summary>A convolution, itself normalised where the choice is spectral, and the normalisation that may follow it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such normalisation.</exception>
    public static nn.Module<Tensor, Tensor>[] Convolution(this DiscriminatorNormalization normalization, int inputs, int outputs,
        int kernel, int stride, int padding, bool isFollowed)
    {
        // Instance normalisation takes each channel's mean away, bias and all; with batch normalisation no layer has one, as in PyTorch's
        // tutorial.
        var bias = normalization != DiscriminatorNormalization.Batch
            && !(isFollowed && normalization == DiscriminatorNormalization.Instance);
        nn.Module<Tensor, Tensor> convolution = normalization == DiscriminatorNormalization.Spectral
            ? new SpectralConv2d(inputs, outputs, kernel, stride, padding, bias)
            : nn.Conv2d(inputs, outputs, kernel, stride: stride, padding: padding, bias: bias);
        return isFollowed && After(normalization, outputs) is { } after ? [convolution, after] : [convolution];
    }

    private static nn.Module<Tensor, Tensor>? After(DiscriminatorNormalization normalization, int channels) => normalization switch
    {
        DiscriminatorNormalization.None or DiscriminatorNormalization.Spectral => null,
        DiscriminatorNormalization.Batch => nn.BatchNorm2d(channels),
        DiscriminatorNormalization.Instance => nn.InstanceNorm2d(channels, affine: true),
        DiscriminatorNormalization.Layer => OneGroup(channels),
        _ => throw new ArgumentOutOfRangeException(nameof(normalization), normalization,
            $"It must be one of {string.Join(", ", Enum.GetNames<DiscriminatorNormalization>())}."),
    };

    private static nn.Module<Tensor, Tensor> OneGroup(int channels)
    {
        using var noGrad = no_grad();
        var layer = nn.GroupNorm(1, channels);
        nn.init.ones_(layer.weight!); // TorchSharp leaves both uninitialised
        nn.init.zeros_(layer.bias!);
        return layer;
    }
}
