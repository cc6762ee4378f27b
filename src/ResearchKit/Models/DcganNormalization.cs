using ResearchKit.Models.Layers;

namespace ResearchKit.Models;

/// <summary>The layers of a DCGAN discriminator that depend on what it normalises.</summary>
internal static class DcganNormalization
{
    /// <summary>A convolution, itself normalised where the choice is spectral.</summary>
    public static nn.Module<Tensor, Tensor> Convolution(
        DiscriminatorNormalization normalization, int inputs, int outputs, int kernel, int stride, int padding, bool isNormalized)
    {
        // Instance normalisation takes each channel's mean away, bias and all; with batch normalisation no layer has one, as in PyTorch's
        // tutorial.
        var bias = normalization != DiscriminatorNormalization.Batch
            && !(isNormalized && normalization == DiscriminatorNormalization.Instance);
        return normalization == DiscriminatorNormalization.Spectral
            ? new SpectralConv2d(inputs, outputs, kernel, stride, padding, bias)
            : nn.Conv2d(inputs, outputs, kernel, stride: stride, padding: padding, bias: bias);
    }

    /// <summary>What follows a hidden convolution; null for nothing.</summary>
    public static nn.Module<Tensor, Tensor>? Layer(DiscriminatorNormalization normalization, int channels) => normalization switch
    {
        DiscriminatorNormalization.None or DiscriminatorNormalization.Spectral => null,
        DiscriminatorNormalization.Batch => nn.BatchNorm2d(channels),
        DiscriminatorNormalization.Instance => nn.InstanceNorm2d(channels, affine: true),
        DiscriminatorNormalization.Layer => OneGroup(channels),
        _ =>
            throw new ArgumentOutOfRangeException(nameof(normalization), normalization,
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
