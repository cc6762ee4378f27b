namespace ResearchKit.Models.Layers;

/// <summary>WaveGAN's phase shuffle: while it is trained, the layer shifts its input along time by a random number of places, so that D
/// cannot tell fakes by the phase in which a generator's layers leave their pattern.</summary>
/// <remarks>Donahue, McAuley and Puckette, arXiv:1802.04208, section 3.3, as in the authors' code: one whole number a call, uniform on
/// {-n, ..., n}, for the whole batch and all channels; a positive one shifts to later times; the places that come free are filled by
/// reflection. Drawn from the global random generator on the CPU. In evaluation mode nothing is shifted. Deviations: none in
/// training.</remarks>
public sealed class PhaseShuffle : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates the layer.</summary>
    /// <param name="radius">n, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The radius is below 1.</exception>
    public PhaseShuffle(int radius)
        : base(nameof(PhaseShuffle))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(radius, 1);
        Radius = radius;
    }

    /// <summary>n.</summary>
    public int Radius { get; }

    /// <summary>Shifts.</summary>
    /// <param name="input">Shape (B, C, T), T above the radius.</param>
    /// <returns>Shape (B, C, T). The caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        if (!training)
        {
            return input.alias();
        }

        using var drawn = randint(-Radius, Radius + 1, [1], ScalarType.Int64);
        return Shift(input, (int)drawn.item<long>());
    }

    /// <summary>Shifts by a number of places, filled by reflection: x[..., |t - shift|] at the start, likewise at the end.</summary>
    internal static Tensor Shift(Tensor input, int shift)
    {
        if (shift == 0)
        {
            return input.alias();
        }

        var (before, after) = (Math.Max(shift, 0), Math.Max(-shift, 0));
        using var padded = nn.functional.pad(input, [before, after], PaddingModes.Reflect); // (B, C, T + |shift|)
        return padded.narrow(2, after, input.shape[2]);
    }
}
