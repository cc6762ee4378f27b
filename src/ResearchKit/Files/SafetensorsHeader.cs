using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ResearchKit.Files;

/// <summary>The checked header of a safetensors file.</summary>
/// <param name="DataStart">Where the tensors' bytes begin in the file.</param>
/// <param name="Entries">The tensors in the order of their bytes, which cover the rest of the file without gap or overlap.</param>
/// <param name="Metadata">Free text by key.</param>
internal sealed record SafetensorsHeader(long DataStart, IReadOnlyList<SafetensorsEntry> Entries,
    IReadOnlyDictionary<string, string> Metadata)
{
    // The format's own limit.
    public const int LargestHeader = 100_000_000;

    public static SafetensorsHeader Read(FileStream file, string path)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < prefix.Length)
        {
            throw new DataFileException(path,
                $"a safetensors file begins with 8 bytes for its header's length, but this one has {file.Length} in all; get it again.");
        }

        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LargestHeader)
        {
            throw new DataFileException(path, $"its first 8 bytes promise a header of {length} bytes and the format's limit is " +
                $"{LargestHeader}; this is no safetensors file or a damaged one.");
        }

        if ((long)length > file.Length - prefix.Length)
        {
            throw new DataFileException(path, $"its first 8 bytes promise a header of {length} bytes, but only " +
                $"{file.Length - prefix.Length} follow; the file is cut short, get it again.");
        }

        var json = new byte[length];
        file.ReadExactly(json);
        var (entries, metadata) = SafetensorsJson.Parse(json, path);
        var header = new SafetensorsHeader(prefix.Length + json.Length, entries.OrderBy(e => e.Begin).ThenBy(e => e.End).ToArray(),
            metadata);
        header.CheckOffsets(file.Length - header.DataStart, path);
        return header;
    }

    /// <summary>The length and the JSON, padded with spaces to a multiple of 8 bytes, for tensors that follow in this order.</summary>
    /// <exception cref="ArgumentException">The header is longer than the format allows.</exception>
    public static byte[] Make(IEnumerable<(string Name, ElementType Type, long[] Shape)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        using var bytes = new MemoryStream();
        bytes.Position = 8;
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, tensors, metadata);
        }

        while (bytes.Length % 8 != 0)
        {
            bytes.WriteByte((byte)' ');
        }

        var header = bytes.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header.Length - 8 <= LargestHeader
            ? header
            : throw new ArgumentException($"The names and the metadata make a header of {header.Length - 8} bytes and the format allows " +
                $"{LargestHeader}; shorten them.", nameof(metadata));
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<(string Name, ElementType Type, long[] Shape)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject(SafetensorsJson.MetadataKey);
            foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        var begin = 0L;
        foreach (var (name, type, shape) in tensors)
        {
            var end = begin + TensorShape.Bytes(shape, type.Size)!.Value;
            json.WriteStartObject(name);
            json.WriteString("dtype", type.Safetensors);
            WriteNumbers(json, "shape", shape);
            WriteNumbers(json, "data_offsets", [begin, end]);
            json.WriteEndObject();
            begin = end;
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private void CheckOffsets(long dataLength, string path)
    {
        var position = 0L;
        foreach (var entry in Entries)
        {
            var name = TensorFile.Quote(entry.Name);
            if (TensorShape.Bytes(entry.Shape, entry.Type.Size) is not { } bytes)
            {
                throw new DataFileException(path, $"tensor {name} has the shape {TensorShape.Show(entry.Shape)}, which no tensor can " +
                    $"have; the header is damaged, get the file again.");
            }

            if (entry.Begin < 0 || entry.End < entry.Begin || entry.End - entry.Begin != bytes)
            {
                throw new DataFileException(path, $"tensor {name} of {entry} takes {bytes} bytes, but its offsets are {entry.Begin} and " +
                    $"{entry.End}; the header is damaged, get the file again.");
            }

            if (entry.Begin != position)
            {
                throw new DataFileException(path, $"tensor {name} begins at byte {entry.Begin} of the data where {position} is due, so " +
                    $"tensors {(entry.Begin < position ? "overlap" : "leave a hole")}; the header is damaged, get the file again.");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            var problem = position > dataLength ? "the file is cut short" : "something else follows the last tensor";
            throw new DataFileException(path,
                $"the header promises {position} bytes of tensors and {dataLength} are there, so {problem}; get the file again.");
        }
    }
}
