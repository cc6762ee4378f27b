namespace ResearchKit.Files;

/// <summary>What an .npy header's descr says: one number type and its byte order.</summary>
/// <param name="Stored">The type whose elements have the file's bytes.</param>
/// <param name="Size">Bytes an element.</param>
/// <param name="BigEndian">Whether the bytes must be turned.</param>
/// <param name="Unsigned">Whether the elements are unsigned where torch has only signed ones.</param>
internal sealed record NpyType(ScalarType Stored, int Size, bool BigEndian, bool Unsigned)
{
    public static NpyType? Parse(string descr)
    {
        if (descr.Length != 3 || descr[0] is not ('<' or '>' or '|') || (descr[0] == '|') != (descr[2] == '1'))
        {
            return null;
        }

        var name = descr[1..];
        var unsigned = name is "u2" or "u4" or "u8";
        var type = Array.Find(ElementType.All, t => t.Npy == (unsigned ? $"i{name[1]}" : name));
        return type is null ? null : new NpyType(type.Scalar, type.Size, descr[0] == '>', unsigned);
    }

    /// <summary>Unsigned numbers that were read as signed ones, in the next wider type; null where a uint64 is beyond int64.</summary>
    public Tensor? Widen(Tensor signed) => Size switch
    {
        2 => signed.to(ScalarType.Int32).bitwise_and_(ushort.MaxValue),
        4 => signed.to(ScalarType.Int64).bitwise_and_((long)uint.MaxValue),
        _ => signed.numel() == 0 || signed.min().item<long>() >= 0 ? signed : null,
    };
}
