namespace ResearchKit.Models;

/// <summary>The shape of a fully connected network between its input and its linear output.</summary>
public sealed record MlpOptions
{
    /// <summary>Units of each hidden layer, from the input on; empty for a linear network.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [128, 128, 128];

    /// <summary>What follows each hidden layer.</summary>
    public MlpActivation Activation { get; init; } = MlpActivation.Relu;

    /// <summary>What is normalised.</summary>
    public MlpNormalization Normalization { get; init; }

    /// <summary>Points whose deviation a discriminator's last layer is shown (<see cref="Layers.MinibatchStandardDeviation"/>), at least 2;
    /// 0 for none. Not for a generator.</summary>
    public int MinibatchStandardDeviation { get; init; }

    /// <summary>How the weights start.</summary>
    public MlpWeights Weights { get; init; } = MlpWeights.Torch;

    /// <summary>The slope of <see cref="MlpActivation.LeakyRelu"/> below 0.</summary>
    public double LeakySlope { get; init; } = 0.2;

    /// <summary>Linear functions a unit of <see cref="MlpActivation.Maxout"/>, at least 2.</summary>
    public int MaxoutPieces { get; init; } = 5;

    /// <summary>PacGAN's generator for points: four layers of 400 with batch normalisation. For a latent size of 2 it has 484,802
    /// parameters.</summary>
    /// <remarks>Lin et al., arXiv:1712.04086, section 4.1 and the authors' code; weights N(0, 0.02). Deviation: batch normalisation's
    /// running averages move by 0.1 a step, theirs by 0.05.</remarks>
    public static MlpOptions PacGanGenerator { get; } = new() { Widths = [400, 400, 400, 400], Normalization = MlpNormalization.Batch,
        Weights = MlpWeights.Normal };

    /// <summary>PacGAN's discriminator for points: three layers of 200 maxout units of 5 pieces. In the plane it has 405,201
    /// parameters.</summary>
    /// <remarks>As above.</remarks>
    public static MlpOptions PacGanDiscriminator { get; } = new() { Widths = [200, 200, 200], Activation = MlpActivation.Maxout,
        Weights = MlpWeights.Normal };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, or two do not go together.</exception>
    public void Validate()
    {
        Require(Widths.All(w => w >= 1), $"{nameof(Widths)} is ({string.Join(", ", Widths)}); every layer needs at least 1 unit");
        Require(Enum.IsDefined(Activation),
            $"{nameof(Activation)} is {Activation}; it must be one of {string.Join(", ", Enum.GetNames<MlpActivation>())}");
        Require(Enum.IsDefined(Weights),
            $"{nameof(Weights)} is {Weights}; it must be one of {string.Join(", ", Enum.GetNames<MlpWeights>())}");
        Require(LeakySlope is >= 0 and < 1, $"{nameof(LeakySlope)} is {LeakySlope}; it must be in [0, 1)");
        Require(MaxoutPieces >= 2, $"{nameof(MaxoutPieces)} is {MaxoutPieces}; it must be at least 2");
        Require(Enum.IsDefined(Normalization),
            $"{nameof(Normalization)} is {Normalization}; it must be one of {string.Join(", ", Enum.GetNames<MlpNormalization>())}");
        Require(
            Activation != MlpActivation.Maxout || Normalization is MlpNormalization.None or MlpNormalization.Spectral,
            $"{nameof(Normalization)} {Normalization} does not go with {nameof(MlpActivation.Maxout)}, which has no place for it: " +
                $"choose another activation, or {nameof(MlpNormalization.None)} or {nameof(MlpNormalization.Spectral)}");
        Require(MinibatchStandardDeviation is 0 or >= 2,
            $"{nameof(MinibatchStandardDeviation)} is {MinibatchStandardDeviation}; it must be 0 (none) or at least 2");
    }

    internal void ValidateForGenerator()
    {
        Validate();
        Require(MinibatchStandardDeviation == 0,
            $"{nameof(MinibatchStandardDeviation)} is {MinibatchStandardDeviation}, but only a discriminator compares samples: make it " +
            $"0 for a generator");
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new ArgumentException($"MlpOptions.{problem}.");
        }
    }
}
