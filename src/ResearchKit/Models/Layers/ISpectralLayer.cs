using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>A layer whose weight is divided by its largest singular value: how initialisers and rules find them all.</summary>
internal interface ISpectralLayer
{
    /// <summary>The weight as it is trained, before the division.</summary>
    Parameter Weight { get; }

    /// <summary>The bias, which is not normalised; null where there is none.</summary>
    Parameter? Bias { get; }
}
