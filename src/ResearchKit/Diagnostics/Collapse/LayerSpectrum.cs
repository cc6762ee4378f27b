using System.Globalization;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>The singular values of one weight.</summary>
/// <param name="Name">The weight's place in the network, as in its state dict but without the parameter's own name where that is
/// <c>weight</c>; of the network itself "".</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Numbers in the weight of one output; for a convolution inputs x kernel.</param>
/// <param name="Spectral">Whether the layer divides its weight by its largest singular value; then these are the divided weight's.</param>
/// <param name="SingularValues">Greatest first, the smaller of rows and columns of them.</param>
public sealed record LayerSpectrum(string Name, long Rows, long Columns, bool Spectral, IReadOnlyList<double> SingularValues)
{
    /// <summary>The largest singular value: the most that the matrix stretches a vector.</summary>
    public double Largest => SingularValues[0];

    /// <summary>The largest's share of the sum, in (0, 1]; NaN for a weight of zeros.</summary>
    public double Share => Largest / SingularValues.Sum();

    /// <summary>exp of the entropy of the singular values' shares, from 1 to their number; 0 for a weight of zeros. Roy and Vetterli,
    /// EUSIPCO 2007, definition 1.</summary>
    public double EffectiveRank => SpectrumShape.EffectiveRank(SingularValues);

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Name.Length == 0 ? "the network" : Name)} ({Rows} x {Columns}{(Spectral ? ", spectral" : "")}): largest singular value " +
            $"{Largest:0.000}, {Share:0.0%} of their sum, effective rank {EffectiveRank:0.0} of {SingularValues.Count}");
}
