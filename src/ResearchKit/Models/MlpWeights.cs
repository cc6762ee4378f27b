namespace ResearchKit.Models;

/// <summary>How a fully connected network's weights start.</summary>
public enum MlpWeights
{
    /// <summary>PyTorch's default of a linear layer: uniform in +-1/sqrt(inputs), biases too.</summary>
    Torch,

    /// <summary>Normal with variance 2 / inputs (He et al., arXiv:1502.01852, eq. 10), biases 0, in every layer whatever follows it. Then
    /// every first-layer unit of a ReLU network bends at the origin, which in one or two dimensions is a poor start for sharp features far
    /// from it.</summary>
    Kaiming,

    /// <summary>Normal with standard deviation 0.02 (DCGAN's and PacGAN's), biases 0.</summary>
    Normal,
}
