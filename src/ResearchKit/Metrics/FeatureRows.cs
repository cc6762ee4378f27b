using System.Numerics;
using System.Runtime.InteropServices;

namespace ResearchKit.Metrics;

/// <summary>The sums of squared differences of pairs of rows; those of a row with copies of one row are computed once. Of one
/// thread.</summary>
internal sealed class ExactSquares(FeatureRows x, FeatureRows y)
{
    private readonly long[] _of = y.Firsts is null ? [] : new long[y.Firsts.Length]; // 1 + the row of x that a square is known for
    private readonly double[] _known = y.Firsts is null ? [] : new double[y.Firsts.Length];

    public double Of(long i, long j)
    {
        if (y.Firsts is null)
        {
            return Squared(x[i], y[j]);
        }

        var first = y.Firsts[j];
        if (_of[first] != i + 1)
        {
            (_of[first], _known[first]) = (i + 1, Squared(x[i], y[j]));
        }

        return _known[first];
    }

    // The sum of squared differences in one fixed order, the same from either side.
    private static double Squared(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var u = MemoryMarshal.Cast<double, Vector<double>>(a);
        var v = MemoryMarshal.Cast<double, Vector<double>>(b);
        var lanes = Vector<double>.Zero;
        for (var i = 0; i < u.Length; i++)
        {
            var difference = u[i] - v[i];
            lanes += difference * difference;
        }

        var sum = Vector.Sum(lanes);
        for (var i = u.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }
}

/// <summary>The numbers of a matrix's rows where they lie; in chunks, since a span has at most 2 GB.</summary>
internal sealed class FeatureRows
{
    private const long ChunkElements = 1 << 27;

    private readonly int _width;
    private readonly long _each;
    private readonly Tensor[] _chunks;

    /// <param name="x">(N, D), float64, on the CPU; it must outlive this in the current scope.</param>
    public FeatureRows(Tensor x)
    {
        _width = checked((int)x.shape[1]);
        _each = Math.Max(1, ChunkElements / _width);
        _chunks = x.contiguous().split(_each);
        var (firsts, byHash) = (new int[x.shape[0]], new Dictionary<long, int>());
        for (var i = 0; i < firsts.Length; i++)
        {
            var hash = HashOf(this[i]);
            byHash.TryAdd(hash, i);
            firsts[i] = byHash[hash] is var first && first != i && this[i].SequenceEqual(this[first]) ? first : i;
            Firsts ??= firsts[i] == i ? null : firsts;
        }
    }

    // For each row the first one with the same numbers; null where there are no copies.
    public int[]? Firsts { get; }

    public ReadOnlySpan<double> this[long row] =>
        MemoryMarshal.Cast<byte, double>(_chunks[row / _each].bytes).Slice((int)(row % _each) * _width, _width);

    private static long HashOf(ReadOnlySpan<double> row)
    {
        var (lanes, hash) = (Vector<long>.Zero, 0L);
        foreach (var block in MemoryMarshal.Cast<double, Vector<long>>(row))
        {
            lanes = (lanes << 5) - lanes + block;
        }

        foreach (var value in row[^(row.Length % Vector<long>.Count)..])
        {
            hash = (hash << 5) - hash + BitConverter.DoubleToInt64Bits(value);
        }

        return unchecked(hash + Vector.Sum(lanes));
    }

    public static Span<double> Of(Tensor strip, long row) =>
        MemoryMarshal.Cast<byte, double>(strip.bytes).Slice((int)(row * strip.shape[1]), (int)strip.shape[1]);
}
