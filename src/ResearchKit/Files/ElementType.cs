namespace ResearchKit.Files;

/// <summary>A number type and what the file formats call it.</summary>
/// <param name="Scalar">TorchSharp's name.</param>
/// <param name="Size">Bytes an element.</param>
/// <param name="Safetensors">The name in a safetensors header.</param>
/// <param name="Npy">Kind and size in an .npy header, without the byte order; null where NumPy has no such type.</param>
internal sealed record ElementType(torch.ScalarType Scalar, int Size, string Safetensors, string? Npy)
{
    /// <summary>Every type, wide ones first: the order in which the format's authors write tensors, so that each lies on a multiple of its
    /// element's size.</summary>
    public static readonly ElementType[] All =
    [
        new(torch.ScalarType.Int64, 8, "I64", "i8"),
        new(torch.ScalarType.Float64, 8, "F64", "f8"),
        new(torch.ScalarType.Float32, 4, "F32", "f4"),
        new(torch.ScalarType.Int32, 4, "I32", "i4"),
        new(torch.ScalarType.BFloat16, 2, "BF16", null),
        new(torch.ScalarType.Float16, 2, "F16", "f2"),
        new(torch.ScalarType.Int16, 2, "I16", "i2"),
        new(torch.ScalarType.Int8, 1, "I8", "i1"),
        new(torch.ScalarType.Byte, 1, "U8", "u1"),
        new(torch.ScalarType.Bool, 1, "BOOL", "b1"),
    ];

    public static ElementType? Of(torch.ScalarType type) => Array.Find(All, t => t.Scalar == type);
}
