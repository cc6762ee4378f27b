namespace ResearchKit.Runtime;

/// <summary>Whether a GPU's matrix products and convolutions of float32 may round to TF32 (10 bits of mantissa). PyTorch's own default
/// allows it in convolutions.</summary>
internal static class TensorFloat32
{
    /// <summary>Sets the switches. They are the process's, so whoever computes on a GPU sets them first: an earlier part may have left them
    /// otherwise.</summary>
    /// <param name="allowed">Whether TF32 may be used.</param>
    /// <param name="device">Where the computation is; on a CPU nothing is set.</param>
    public static void Use(bool allowed, Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = allowed;
        }
    }
}
