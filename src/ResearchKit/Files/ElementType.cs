namespace ResearchKit.Files;

/// <summary>A number type and what the file formats call it.</summary>
/// <param name="Scalar">TorchSharp's name.</param>
/// <param name="Size">Bytes an element.</param>
/// <param name="Safetensors">The name in a safetensors header.</param>
/// <param name="Npy">Kind and size in an .npy header, without the byte order; null where NumPy has no such type.</param>
internal sealed record ElementType(ScalarType Scalar, int Size, string Safetensors, string? Npy)
{
    /// <summary>Every type, wide ones first: the order in which the format's authors write tensors, so that each lies on a multiple of its
    /// element's size.</summary>
    public static readonly ElementType[] All =
    [
        new(ScalarType.Int64, 8, "I64", "i8"),
        new(ScalarType.Float64, 8, "F64", "f8"),
        new(ScalarType.Float32, 4, "F32", "f4"),
        new(ScalarType.Int32, 4, "I32", "i4"),
        new(ScalarType.BFloat16, 2, "BF16", null),
        new(ScalarType.Float16, 2, "F16", "f2"),
        new(ScalarType.Int16, 2, "I16", "i2"),
        new(ScalarType.Int8, 1, "I8", "i1"),
        new(ScalarType.Byte, 1, "U8", "u1"),
        new(ScalarType.Bool, 1, "BOOL", "b1"),
    ];

    public static ElementType? Of(ScalarType type) => Array.Find(All, t => t.Scalar == type);
}

/// <summary>What a file says about sizes, before anybody believes it.</summary>
internal static class TensorShape
{
    // torch's own operations go no further.
    public const int LargestRank = 64;

    /// <summary>The bytes of a tensor, or null where a size is negative or the product is beyond any memory. Sizes beside a zero must be
    /// sensible too: torch multiplies them for its strides.</summary>
    public static long? Bytes(ReadOnlySpan<long> shape, int elementSize)
    {
        long most = elementSize, count = elementSize;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && most > long.MaxValue / size))
            {
                return null;
            }

            most *= Math.Max(size, 1);
            count *= size;
        }

        return count;
    }

    /// <summary>(2, 3), as Python writes it.</summary>
    public static string Show(ReadOnlySpan<long> shape) => shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape.ToArray())})";
}
