namespace ResearchKit.Training;

/// <summary>The arithmetic of the networks' passes.</summary>
public enum Precision
{
    /// <summary>The parameters' own dtype, with TF32 off on a GPU.</summary>
    Full,

    /// <summary>Float32 with TF32 products in matrix products and convolutions on a GPU (10 bits of mantissa); nothing changes on a
    /// CPU.</summary>
    TensorFloat32,

    /// <summary>bfloat16 where PyTorch's autocast thinks it safe, float32 elsewhere (Micikevicius et al., arXiv:1710.03740, without loss
    /// scaling, which bfloat16 does not need). On a CPU too; not on Windows, whose libtorch names the entry points otherwise.</summary>
    BFloat16,
}
