using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>Numbers in (0, 1) of a linear congruential generator, s = (1103515245 s + 12345) mod 2^31 from s = 12345: data for reference
/// values that any language can make again (tests/peers/neighbours.py).</summary>
internal static class CongruentialNumbers
{
    /// <summary>The stream as rows of four, float64, shape (rows, 4).</summary>
    public static Tensor Rows(int rows)
    {
        var (s, numbers) = (12345L, new double[rows * 4]);
        for (var i = 0; i < numbers.Length; i++)
        {
            s = ((1103515245 * s) + 12345) % (1L << 31);
            numbers[i] = (s + 0.5) / (1L << 31);
        }

        return tensor(numbers).reshape(rows, 4);
    }
}
