namespace ResearchKit.Models.Layers;

/// <summary>A layer of maxout units: each gives the greatest of several linear functions of the input.</summary>
/// <remarks>Goodfellow et al., arXiv:1302.4389, section 3: h_i(x) = max_j (x W_ij + b_ij). No other activation follows.</remarks>
public sealed class LinearMaxout : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> linear;
    private readonly int _outputs;
    private readonly int _pieces;

    /// <summary>Builds the layer with PyTorch's default weights.</summary>
    /// <param name="inputs">Numbers in, at least 1.</param>
    /// <param name="outputs">Units, at least 1.</param>
    /// <param name="pieces">Linear functions a unit, at least 2.</param>
    /// <param name="spectral">Whether the matrix of all pieces is spectrally normalised; the layer is then 1-Lipschitz.</param>
    public LinearMaxout(int inputs, int outputs, int pieces, bool spectral = false)
        : base(nameof(LinearMaxout))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pieces, 2);
        _outputs = outputs;
        _pieces = pieces;
        // unit i owns the rows [i * pieces, (i + 1) * pieces)
        linear = spectral ? new SpectralLinear(inputs, outputs * pieces) : nn.Linear(inputs, outputs * pieces);
        RegisterComponents();
    }

    /// <summary>Linear functions a unit.</summary>
    internal int Pieces => _pieces;

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Shape (B, inputs).</param>
    /// <returns>Shape (B, outputs).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = linear.call(input).reshape(-1, _outputs, _pieces); // (B, outputs, pieces)
        return values.amax([2]).MoveToOuterDisposeScope(); // (B, outputs)
    }
}
