namespace ResearchKit.Files;

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
