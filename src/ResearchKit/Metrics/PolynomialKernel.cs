namespace ResearchKit.Metrics;

/// <summary>The kernel (gamma x.y + offset)^degree.</summary>
/// <param name="Degree">At least 1.</param>
/// <param name="Gamma">Factor of the inner product; null for 1 / D.</param>
/// <param name="Offset">Added to it (<c>coef0</c> elsewhere).</param>
/// <remarks>The defaults are those of Binkowski et al., arXiv:1801.01401, section 4, and of torch-fidelity.</remarks>
public sealed record PolynomialKernel(int Degree = 3, double? Gamma = null, double Offset = 1)
{
    /// <summary>At least 1.</summary>
    public int Degree { get; } = Degree >= 1
        ? Degree
        : throw new ArgumentOutOfRangeException(nameof(Degree), $"A polynomial kernel's degree is at least 1, not {Degree}.");

    internal Tensor Diagonal(Tensor x) => x.square().sum(1).mul_(Gamma ?? 1.0 / x.shape[1]).add_(Offset).pow_(Degree); // (N): k(x_i, x_i)

    internal Tensor Of(Tensor x, Tensor y) => x.matmul(y.t()).mul_(Gamma ?? 1.0 / x.shape[1]).add_(Offset).pow_(Degree); // (N, M)
}
