using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>How features are made: the values of <see cref="FeatureOptions"/>.</summary>
/// <param name="Network">The feature network's name.</param>
/// <param name="Samples">Pictures of a generator, or samples of each set; null for the default.</param>
/// <param name="Seed">Of what is drawn.</param>
/// <param name="BatchSize">Pictures at a time.</param>
/// <param name="Device">Where networks compute.</param>
/// <param name="Strict">True where a broken picture is an error.</param>
/// <param name="Cached">True where features are kept.</param>
internal sealed record FeatureSettings(string Network, int? Samples, long Seed, int BatchSize, Device Device, bool Strict, bool Cached);
