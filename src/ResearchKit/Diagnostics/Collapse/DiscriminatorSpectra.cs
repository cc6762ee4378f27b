using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>The singular values of a discriminator's weights: numbers to plot over training, from which no verdict follows.</summary>
/// <remarks>
/// As Miyato et al., arXiv:1802.05957, look at weights (section 4.1.1): a convolution's kernels as a matrix of one row an output, (outputs,
/// inputs x height x width); that matrix's norm bounds the convolution's only up to a factor.
/// Liu et al., arXiv:1908.10999, report that spectra of spectrally normalised weights collapse together with the modes. In float64.
/// Deviations: none.
/// </remarks>
public static class DiscriminatorSpectra
{
    /// <summary>Measures every weight with at least two axes. Nothing of the network changes.</summary>
    /// <param name="discriminator">Any network. Of the kit's spectral layers the divided weight is taken, W / sigma with the sigma of their
    /// power iteration, as they apply it in evaluation.</param>
    /// <returns>In the network's own order.</returns>
    /// <exception cref="ArgumentException">A weight is NaN or infinite.</exception>
    public static IReadOnlyList<LayerSpectrum> Of(nn.Module discriminator)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return [.. discriminator.named_modules().Select(m => (Name: m.name, Module: m.module)).Prepend((Name: "", Module: discriminator))
            .SelectMany(m => OfLayer(m.Name, m.Module))];
    }

    private static IEnumerable<LayerSpectrum> OfLayer(string name, nn.Module layer)
    {
        var transposed = layer is ConvTranspose1d or ConvTranspose2d or ConvTranspose3d or SpectralConvTranspose2d;
        if (layer is SpectralLayer spectral)
        {
            return [Measure(name, spectral.TrainedWeight / spectral.Sigma(), transposed, spectral: true)];
        }

        return layer.named_parameters(recurse: false)
            .Where(p => p.parameter.dim() >= 2)
            .Select(p => Measure(p.name == "weight" ? name : $"{name}.{p.name}".TrimStart('.'), p.parameter, transposed, spectral: false));
    }

    private static LayerSpectrum Measure(string name, Tensor weight, bool transposed, bool spectral)
    {
        using var scope = NewDisposeScope();
        var matrix = (transposed ? weight.transpose(0, 1) : weight).flatten(1).detach().to(ScalarType.Float64).cpu(); // (outputs, rest)
        return matrix.isfinite().all().item<bool>()
            ? new LayerSpectrum(name, matrix.shape[0], matrix.shape[1], spectral, linalg.svdvals(matrix).data<double>().ToArray())
            : throw new ArgumentException($"The weight of layer '{name}' is NaN or infinite: the training diverged, and it has no " +
                $"singular values.", nameof(weight));
    }
}
