using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace ResearchKit.Files;

/// <summary>The checked header of a safetensors file.</summary>
/// <param name="DataStart">Where the tensors' bytes begin in the file.</param>
/// <param name="Entries">The tensors in the order of their bytes, which cover the rest of the file without gap or overlap.</param>
/// <param name="Metadata">Free text by key.</param>
internal sealed record SafetensorsHeader(long DataStart, IReadOnlyList<SafetensorsEntry> Entries,
    IReadOnlyDictionary<string, string> Metadata)
{
    public const string MetadataKey = "__metadata__";

    // The format's own limit.
    private const int LargestHeader = 100_000_000;

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
        var (entries, metadata) = Parse(json, path);
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
            json.WriteStartObject(MetadataKey);
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
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, new SafetensorsFields(type.Safetensors, shape, [begin, end]),
                SafetensorsJson.Default.SafetensorsFields);
            begin = end;
        }

        json.WriteEndObject();
    }

    // Name by name: a tree of the whole could take many times the memory of the text.
    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, string path)
    {
        if (json.IsEmpty || json[0] != '{' || !Utf8.IsValid(json))
        {
            throw new DataFileException(path, "the header is not a JSON object in UTF-8; this is no safetensors file or a damaged one.");
        }

        try
        {
            var (names, entries, metadata) = (new HashSet<string>(), new List<SafetensorsEntry>(), new Dictionary<string, string>());
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name))
                {
                    throw new DataFileException(path,
                        $"the header names {TensorFile.Quote(name)} twice; write the file again with one tensor a name.");
                }

                if (name == MetadataKey)
                {
                    metadata = ReadValue(ref reader, SafetensorsJson.Default.DictionaryStringString, m => !m.ContainsValue(null!), path,
                        name, "texts with one text a key");
                    continue;
                }

                var fields = ReadValue(ref reader, SafetensorsJson.Default.SafetensorsFields,
                    f => f.Shape.Length <= TensorShape.LargestRank && f.DataOffsets.Length == 2, path, name,
                    $"a dtype, a shape of at most {TensorShape.LargestRank} whole numbers and two offsets");
                entries.Add(new SafetensorsEntry(name, TypeOf(fields.Dtype, name, path), fields.Shape, fields.DataOffsets[0],
                    fields.DataOffsets[1]));
            }

            reader.Read(); // throws where more than spaces follows
            return (entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: half of a surrogate pair
        {
            throw new DataFileException(path, "the header is not valid JSON; this is no safetensors file or a damaged one.", e);
        }
    }

    private static T ReadValue<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type, Predicate<T> isSound, string path, string name,
        string expected)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, type) is { } value && isSound(value) ? value : throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new DataFileException(path, $"the header's entry for {TensorFile.Quote(name)} is not valid JSON of {expected}; it is " +
                $"damaged, get the file again.", e);
        }
    }

    private static ElementType TypeOf(string dtype, string name, string path) =>
        Array.Find(ElementType.All, t => t.Safetensors == dtype)
        ?? throw new DataFileException(path, $"tensor {TensorFile.Quote(name)} has the dtype {TensorFile.Quote(dtype)}, which TorchSharp " +
            $"lacks; convert it to one of {string.Join(", ", ElementType.All.Select(t => t.Safetensors))}.");

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

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its number type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Begin">The first byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
internal sealed record SafetensorsEntry(string Name, ElementType Type, long[] Shape, long Begin, long End)
{
    public override string ToString() => $"{Type.Safetensors} {TensorShape.Show(Shape)}";
}

/// <summary>A tensor's fields as they stand in the header: dtype, shape and data_offsets.</summary>
internal sealed record SafetensorsFields(string Dtype, long[] Shape, long[] DataOffsets);

/// <summary>Each field once and no other.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SafetensorsFields))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SafetensorsJson : JsonSerializerContext;
