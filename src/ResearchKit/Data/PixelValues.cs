namespace ResearchKit.Data;

/// <summary>The one conversion between network values and pixels, so that images and metrics see the same bytes.</summary>
public static class PixelValues
{
    /// <summary>v / 127.5 - 1.</summary>
    /// <param name="images">uint8, any shape.</param>
    /// <returns>float32 in [-1, 1], the same shape and device. The caller disposes it.</returns>
    public static Tensor FromBytes(Tensor images)
    {
        using var scope = NewDisposeScope();
        return images.to(ScalarType.Float32).div_(127.5f).sub_(1f).MoveToOuterDisposeScope();
    }

    /// <summary>clamp(127.5 x + 128, 0, 255), cut to whole numbers: the exact inverse of the batches' v / 127.5 - 1.</summary>
    /// <param name="images">Floats in [-1, 1], any shape; NaN becomes 0.</param>
    /// <returns>uint8, the same shape and device. The caller disposes it.</returns>
    /// <remarks>The convention of NVIDIA's GAN codebases, which published FID values rest on.</remarks>
    public static Tensor ToBytes(Tensor images)
    {
        using var scope = NewDisposeScope();
        return images.detach().to(ScalarType.Float32).mul(127.5f).add_(128f).nan_to_num(0).clamp_(0, 255).to(ScalarType.Byte)
            .MoveToOuterDisposeScope();
    }
}
