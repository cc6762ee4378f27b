using System.ComponentModel.DataAnnotations;
using ResearchKit.Registers;

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
    /// null for none. Not for a generator.</summary>
    [Range(2, int.MaxValue)]
    public int? MinibatchStandardDeviation { get; init; }

    /// <summary>How the weights start.</summary>
    public MlpWeights Weights { get; init; } = MlpWeights.Torch;

    /// <summary>The slope of <see cref="MlpActivation.LeakyRelu"/> below 0, in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double LeakySlope { get; init; } = 0.2;

    /// <summary>Linear functions a unit of <see cref="MlpActivation.Maxout"/>, at least 2.</summary>
    [Range(2, int.MaxValue)]
    public int MaxoutPieces { get; init; } = 5;

    /// <summary>PacGAN's generator for points: four layers of 400 with batch normalisation; 484,802 parameters for a latent size of
    /// 2.</summary>
    /// <remarks>Lin et al., arXiv:1712.04086, section 4.1 and the authors' code; weights N(0, 0.02). Deviation: batch normalisation's
    /// running averages move by 0.1 a step, theirs by 0.05.</remarks>
    public static MlpOptions PacGanGenerator { get; } = new()
    {
        Widths = [400, 400, 400, 400], Normalization = MlpNormalization.Batch, Weights = MlpWeights.Normal,
    };

    /// <summary>PacGAN's discriminator for points: three layers of 200 maxout units of 5 pieces; 405,201 parameters in the plane.</summary>
    /// <remarks>As above.</remarks>
    public static MlpOptions PacGanDiscriminator { get; } = new()
    {
        Widths = [200, 200, 200], Activation = MlpActivation.Maxout, Weights = MlpWeights.Normal,
    };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, or two do not go together.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (Widths.Any(w => w < 1))
        {
            throw new ArgumentException($"The option widths is ({string.Join(", ", Widths)}); every layer needs at least 1 unit.");
        }

        if (Activation == MlpActivation.Maxout && Normalization is MlpNormalization.Batch or MlpNormalization.Layer)
        {
            throw new ArgumentException($"Normalization {Normalization} does not go with Maxout, which has no place for it: choose " +
                $"another activation, or None or Spectral.");
        }
    }
}

/// <summary>What follows each hidden layer of a fully connected network.</summary>
public enum MlpActivation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x above 0, <see cref="MlpOptions.LeakySlope"/> x below.</summary>
    LeakyRelu,

    /// <summary>tanh(x): a smooth network, whose penalties have a gradient everywhere.</summary>
    Tanh,

    /// <summary>The greatest of <see cref="MlpOptions.MaxoutPieces"/> linear functions a unit (arXiv:1302.4389).</summary>
    Maxout,
}

/// <summary>What a fully connected network normalises.</summary>
public enum MlpNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Batch normalisation before each activation (arXiv:1502.03167), after a layer without bias. Not with maxout.</summary>
    Batch,

    /// <summary>Layer normalisation before each activation (arXiv:1607.06450): each sample over its units. Not with maxout.</summary>
    Layer,

    /// <summary>Spectral normalisation of every weight (arXiv:1802.05957). A maxout layer is then 1-Lipschitz too.</summary>
    Spectral,
}

/// <summary>How a fully connected network's weights start.</summary>
public enum MlpWeights
{
    /// <summary>PyTorch's default of a linear layer: uniform in +-1/sqrt(inputs), biases too.</summary>
    Torch,

    /// <summary>Normal with variance 2 / inputs (He et al., arXiv:1502.01852, eq. 10), biases 0, in every layer whatever follows it. Then
    /// every first-layer unit of a ReLU network bends at the origin, a poor start for sharp features far from it in one or two
    /// dimensions.</summary>
    Kaiming,

    /// <summary>Normal with standard deviation 0.02 (DCGAN's and PacGAN's), biases 0.</summary>
    Normal,
}
