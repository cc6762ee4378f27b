using TorchSharp.Modules;

namespace ResearchKit.Models.Layers;

/// <summary>What the spectrally normalised layers share: the division of a weight by its largest singular value.</summary>
/// <remarks>
/// Miyato et al., arXiv:1802.05957, eq. 8 and algorithm 1, with one power iteration a training forward. The singular value is u' W v: its
/// gradient goes
/// through W alone (eq. 10). The vectors, their start and their names are those of <c>torch.nn.utils.spectral_norm</c>, so its state dicts
/// load.
/// </remarks>
internal static class SpectralWeight
{
    private const double SmallestNorm = 1e-12; // as in PyTorch: a zero weight stays finite in the iteration

    /// <summary>A weight and a bias as PyTorch starts a convolution's or a linear layer's: uniform in +-1/sqrt(fan in).</summary>
    /// <param name="biases">Numbers in the bias; 0 for no bias.</param>
    /// <param name="shape">The weight's shape.</param>
    public static (Parameter Weight, Parameter? Bias) Draw(long biases, params long[] shape)
    {
        var bound = 1 / Math.Sqrt(shape[1..].Aggregate(1L, (product, size) => product * size));
        var weight = Keep(() => empty(shape).uniform_(-bound, bound)); // drawn before the bias: then a seed gives PyTorch's numbers
        return (weight, biases == 0 ? null : Keep(() => empty(biases).uniform_(-bound, bound)));
    }

    /// <summary>Numbers as a parameter that outlives the dispose scope in which its layer is built.</summary>
    /// <param name="draw">Gives the numbers.</param>
    public static Parameter Keep(Func<Tensor> draw)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(draw());
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    /// <summary>Random unit vectors to start the iteration from, drawn from the global generator.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="outputs">The axis of the weight that counts outputs.</param>
    /// <returns>u, as long as there are outputs, and v, as long as one output has weights; in no dispose scope, since they become buffers
    /// of a layer.</returns>
    public static (Tensor U, Tensor V) Start(Parameter weight, int outputs = 0)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var shape = Matrix(weight, outputs).shape;
        return (Unit(randn(shape[0])).DetachFromDisposeScope(), Unit(randn(shape[1])).DetachFromDisposeScope());
    }

    /// <summary>The weight divided by its largest singular value, with its graph to the weight.</summary>
    /// <param name="weight">W.</param>
    /// <param name="u">Left singular vector; a training forward moves it on.</param>
    /// <param name="v">Right singular vector, likewise.</param>
    /// <param name="training">Whether to iterate.</param>
    /// <param name="outputs">The axis of the weight that counts outputs.</param>
    /// <returns>The weight's shape. The caller disposes it.</returns>
    public static Tensor Normalize(Parameter weight, Tensor u, Tensor v, bool training, int outputs = 0)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix(weight, outputs); // (outputs, rest)
        if (training)
        {
            using var noGrad = no_grad();
            v.copy_(Unit(matrix.t().mv(u))); // (rest)
            u.copy_(Unit(matrix.mv(v))); // (outputs)
        }

        return (weight / Sigma(matrix, u, v)).MoveToOuterDisposeScope();
    }

    /// <summary>The largest singular value as the vectors have it, without a gradient.</summary>
    /// <inheritdoc cref="Normalize"/>
    /// <returns>A scalar. The caller disposes it.</returns>
    public static Tensor Sigma(Parameter weight, Tensor u, Tensor v, int outputs = 0)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Sigma(Matrix(weight, outputs), u, v).MoveToOuterDisposeScope();
    }

    // Copies of the vectors: the next forward moves them on before this one's backward has run.
    private static Tensor Sigma(Tensor matrix, Tensor u, Tensor v) => dot(u.clone(), matrix.mv(v.clone()));

    private static Tensor Matrix(Parameter weight, int outputs) =>
        weight.transpose(0, outputs).reshape(weight.shape[outputs], -1); // (outputs, rest)

    private static Tensor Unit(Tensor vector) => vector / vector.norm().clamp_min(SmallestNorm);
}
