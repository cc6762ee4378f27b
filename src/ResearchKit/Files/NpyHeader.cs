using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ResearchKit.Files;

/// <summary>The header of an .npy array.</summary>
/// <param name="Type">The number type.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">The shape.</param>
/// <remarks>NumPy, "numpy.lib.format": magic, version, length, and a Python dict literal of descr, fortran_order and shape.</remarks>
internal sealed partial record NpyHeader(NpyType Type, bool FortranOrder, long[] Shape)
{
    // NumPy's are 128 bytes, and it reads none above 10,000 of its own accord.
    private const int LargestHeader = 1 << 16;

    private const int Alignment = 64;

    // NumPy leaves room for the first size to grow to 21 digits in place.
    private const int GrowthDigits = 21;

    // What may stand between two tokens, and one size of a shape; Python 2 wrote long numbers with an L.
    private const string S = @"[ \t\r\n]*";
    private const string Size = $"(?<size>-?[0-9]+) L? {S}";

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
            throw Wrong("the first bytes are not those of an .npy array of format 1.0, 2.0 or 3.0; write it with numpy.save");
        }

        var position = start[6] == 1 ? 10 : 12;
        if (stream.ReadAtLeast(start[10..position], position - 10, throwOnEndOfStream: false) < position - 10)
        {
            throw Wrong("the array ends inside its header; get the file again");
        }

        var size = start[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (size > LargestHeader || size > length - position)
        {
            throw Wrong($"a header of {size} bytes is promised, but the limit is {LargestHeader} and {length - position} follow; the " +
                $"file is damaged or cut short, get it again");
        }

        var bytes = new byte[size];
        stream.ReadExactly(bytes);
        var header = Parse((start[6] == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes), Wrong);
        header.CheckLength(length - position - size, Wrong);
        return header;

        DataFileException Wrong(string problem) => new(path, $"{where}{problem}.");
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

    // The one kind of Python literal that a header may hold: three keys, each once, in any order.
    [GeneratedRegex($$"""
        ^ {{S}} \{ {{S}}
        (?: (?<q>['"]) (?: descr         \k<q> {{S}} : {{S}} (?<d>['"]) (?<descr> [^'"\\]* ) \k<d>
                         | fortran_order \k<q> {{S}} : {{S}} (?<fortran> True | False )
                         | shape         \k<q> {{S}} : {{S}} \( {{S}} (?<shape> (?: (?: {{Size}} , {{S}} )+ (?: {{Size}} )? )? ) \) )
            {{S}} (?: , {{S}} | (?= \} ) )
        ){3}
        \} {{S}} \z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Dict { get; }

    [GeneratedRegex($"""['"]descr['"]{S}:{S}[[(]""", RegexOptions.CultureInvariant)]
    private static partial Regex Record { get; }

    private static NpyHeader Parse(string text, Func<string, DataFileException> wrong)
    {
        var match = Dict.Match(text);
        if (!match.Success && Record.IsMatch(text))
        {
            throw wrong("the array holds records of several fields (a structured dtype); save each field as an array of its own");
        }

        var numbers = match.Groups["size"].Captures;
        var shape = new long[numbers.Count];
        var isDict = match.Groups["descr"].Success && match.Groups["fortran"].Success && match.Groups["shape"].Success
            && numbers.Count <= TensorShape.LargestRank;
        for (var i = 0; isDict && i < shape.Length; i++)
        {
            isDict = long.TryParse(numbers[i].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out shape[i]);
        }

        if (!isDict)
        {
            throw wrong("the header is not a dict of descr, fortran_order and shape as NumPy writes it; the array is damaged, get the " +
                "file again");
        }

        var descr = match.Groups["descr"].Value;
        var type = NpyType.Parse(descr) ?? throw wrong(descr.EndsWith('O')
            ? $"the array holds Python objects (dtype {TensorFile.Quote(descr)}), which only running pickled code could rebuild; save an " +
                $"array of numbers"
            : $"the dtype {TensorFile.Quote(descr)} is none of f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1 and b1; convert the array with " +
                $"astype and save it again");
        return new NpyHeader(type, match.Groups["fortran"].Value == "True", shape);
    }

    private void CheckLength(long available, Func<string, DataFileException> wrong)
    {
        var bytes = TensorShape.Bytes(Shape, Type.Size) ?? throw wrong($"the shape {TensorShape.Show(Shape)} is one that no array can " +
            $"have; the header is damaged, get the file again");
        if (bytes != available)
        {
            throw wrong($"the header promises {bytes} bytes for the shape {TensorShape.Show(Shape)} and {available} follow, so " +
                $"{(bytes > available ? "the array is cut short" : "something else follows the array")}; write it again, one array a file");
        }
    }
}

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
