using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>Images as NumPy users keep them, (N, H, W, C), and as an <see cref="ImageSet"/> does, (N, C, H, W).</summary>
public static class ImageArray
{
    /// <summary>Makes a set of an array.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="array">uint8, shape (N, H, W, C) with C = 1 or 3, or (N, H, W) for grey; N, H and W >= 1. It stays the
    /// caller's.</param>
    /// <returns>A set with its own tensor on the array's device. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The dtype or the shape is another.</exception>
    public static ImageSet ToSet(string name, Tensor array)
    {
        var shape = array.shape;
        if (array.dtype != ScalarType.Byte || shape.Length is not (3 or 4) || (shape.Length == 4 && shape[3] is not (1 or 3))
            || shape.Contains(0))
        {
            var hint = array.dtype != ScalarType.Byte ? "scale it to 0..255 and convert it to uint8"
                : shape.Length == 4 && shape[3] == 4 ? "leave the fourth channel, the transparency, away, as array[..., :3] does, or lay " +
                    "the images on a ground"
                : shape.Length == 4 && shape[1] is 1 or 3 ? "move the channels to the end, as transpose(0, 2, 3, 1) does"
                : "give it that shape";
            throw new ArgumentException($"Images must be uint8 of shape (N, H, W, C) with 1 or 3 channels, or (N, H, W), not " +
                $"{array.dtype} of shape {TensorShape.Show(shape)}; {hint}.", nameof(array));
        }

        using var scope = NewDisposeScope();
        var images = shape.Length == 3 ? array.unsqueeze(1) : array.permute(0, 3, 1, 2); // (N, C, H, W)
        return new ImageSet(name, images.contiguous().clone());
    }

    /// <summary>Makes an array of a set.</summary>
    /// <param name="set">The images.</param>
    /// <returns>uint8, shape (N, H, W, C), contiguous, on the set's device. The caller disposes it.</returns>
    public static Tensor FromSet(ImageSet set)
    {
        using var scope = NewDisposeScope();
        return set.Images.permute(0, 2, 3, 1).contiguous().clone().MoveToOuterDisposeScope(); // (N, H, W, C)
    }
}
