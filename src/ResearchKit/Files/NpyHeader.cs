using System.Buffers.Binary;
using System.Text;

namespace ResearchKit.Files;

/// <summary>The header of an .npy array.</summary>
/// <param name="Type">The number type.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">The shape.</param>
/// <remarks>NumPy, "numpy.lib.format": magic, version, length, and a Python dict literal of descr, fortran_order and shape.</remarks>
internal sealed record NpyHeader(NpyType Type, bool FortranOrder, long[] Shape)
{
    // NumPy's are 128 bytes, and it reads none above 10,000 of its own accord.
    private const int LargestHeader = 1 << 16;

    private const int Alignment = 64;

    // NumPy leaves room for the first size to grow to 21 digits in place.
    private const int GrowthDigits = 21;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header and checks its shape against the bytes that follow.</summary>
    /// <param name="stream">The array from its first byte.</param>
    /// <param name="length">The array's length in bytes with the header.</param>
    /// <param name="path">The file, for errors.</param>
    /// <param name="where">What stands before an error: the array's name within the file, or nothing.</param>
    public static NpyHeader Read(Stream stream, long length, string path, string where)
    {
        Span<byte> start = stackalloc byte[12];
        var known = stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false);
        if (known < 10 || !start.StartsWith(Magic) || start[6] is not (1 or 2 or 3) || start[7] != 0)
        {
            throw new DataFileException(path,
                $"{where}the first bytes are not those of an .npy array of format 1.0, 2.0 or 3.0; write it with numpy.save.");
        }

        var position = start[6] == 1 ? 10 : 12;
        if (stream.ReadAtLeast(start[10..position], position - 10, throwOnEndOfStream: false) < position - 10)
        {
            throw new DataFileException(path, $"{where}the array ends inside its header; get the file again.");
        }

        var size = start[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (size > LargestHeader || size > length - position)
        {
            throw new DataFileException(path, $"{where}a header of {size} bytes is promised, but the limit is {LargestHeader} and " +
                $"{length - position} follow; the file is damaged or cut short, get it again.");
        }

        var bytes = new byte[size];
        stream.ReadExactly(bytes);
        var text = (start[6] == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
        var (descr, fortranOrder, shape) = new NpyHeaderText(text, path, where).Parse();
        var header = new NpyHeader(FindType(descr, path, where), fortranOrder, shape);
        header.CheckLength(length - position - size, path, where);
        return header;
    }

    /// <summary>The header that NumPy writes for a C-ordered array, format 1.0.</summary>
    public static byte[] Make(ElementType type, ReadOnlySpan<long> shape)
    {
        var order = type.Size == 1 ? '|' : '<';
        var text = $"{{'descr': '{order}{type.Npy}', 'fortran_order': False, 'shape': {TensorShape.Show(shape)}, }}";
        text += new string(' ', shape.Length == 0 ? 0 : GrowthDigits - $"{shape[0]}".Length);
        var length = text.Length + 1;
        text += $"{new string(' ', Alignment - (10 + length) % Alignment)}\n";
        return [.. Magic, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.Latin1.GetBytes(text)];
    }

    private static NpyType FindType(string descr, string path, string where) =>
        NpyType.Parse(descr) ?? throw new DataFileException(path, descr.EndsWith('O')
        ? $"{where}the array holds Python objects (dtype {TensorFile.Quote(descr)}), which only running pickled code could rebuild; " +
            $"save an array of numbers."
        : $"{where}the dtype {TensorFile.Quote(descr)} is none of f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1 and b1; convert the array " +
            $"with astype and save it again.");

    private void CheckLength(long available, string path, string where)
    {
        if (TensorShape.Bytes(Shape, Type.Size) is not { } bytes)
        {
            throw new DataFileException(path,
                $"{where}the shape {TensorShape.Show(Shape)} is one that no array can have; the header is damaged, get the file again.");
        }

        if (bytes != available)
        {
            throw new DataFileException(path, $"{where}the header promises {bytes} bytes for the shape {TensorShape.Show(Shape)} and " +
                $"{available} follow, so {(bytes > available ? "the array is cut short" : "something else follows the array")}; write " +
                $"it again, one array a file.");
        }
    }
}
