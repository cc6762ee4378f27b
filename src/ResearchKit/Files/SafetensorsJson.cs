using System.Text.Json;
using System.Text.Unicode;

namespace ResearchKit.Files;

/// <summary>Parses the JSON of a safetensors header token by token: a tree of it could take many times the memory of the text.</summary>
internal static class SafetensorsJson
{
    public const string MetadataKey = "__metadata__";

    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, string path)
    {
        if (json.IsEmpty || json[0] != '{' || !Utf8.IsValid(json))
        {
            throw new DataFileException(path, "the header is not a JSON object in UTF-8; this is no safetensors file or a damaged one.");
        }

        try
        {
            return ParseObject(json, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: half of a surrogate pair
        {
            throw new DataFileException(path, "the header is not valid JSON; this is no safetensors file or a damaged one.", e);
        }
    }

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) ParseObject(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        var names = new HashSet<string>();
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
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
                ReadMetadata(ref reader, metadata, path);
            }
            else
            {
                entries.Add(ReadEntry(ref reader, name, path));
            }
        }

        reader.Read(); // throws where more than spaces follows
        return (entries, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string path)
    {
        var expected = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (expected && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            expected = reader.Read() && reader.TokenType == JsonTokenType.String && metadata.TryAdd(key, reader.GetString()!);
        }

        if (!expected)
        {
            throw new DataFileException(path,
                $"{MetadataKey} in the header is not an object of texts with one text a key; write the file again.");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string path)
    {
        ElementType? type = null;
        List<long>? shape = null, offsets = null;
        var expected = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (expected && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype" when type is null && reader.Read() && reader.TokenType == JsonTokenType.String:
                    type = FindType(reader.GetString()!, name, path);
                    break;
                case "shape" when shape is null:
                    expected = ReadNumbers(ref reader, shape = []);
                    break;
                case "data_offsets" when offsets is null:
                    expected = ReadNumbers(ref reader, offsets = []);
                    break;
                default:
                    expected = false;
                    break;
            }
        }

        return expected && type is not null && shape is not null && offsets is { Count: 2 }
            ? new SafetensorsEntry(name, type, [.. shape], offsets[0], offsets[1])
            : throw new DataFileException(path, $"the header's entry for {TensorFile.Quote(name)} is not a dtype, a shape of at most " +
                $"{TensorShape.LargestRank} whole numbers and two offsets; it is damaged, get the file again.");
    }

    private static ElementType FindType(string dtype, string name, string path) =>
        Array.Find(ElementType.All, t => t.Safetensors == dtype)
        ?? throw new DataFileException(path,
            $"tensor {TensorFile.Quote(name)} has the dtype {TensorFile.Quote(dtype)}, which TorchSharp lacks; convert it to one of " +
            $"{string.Join(", ", ElementType.All.Select(t => t.Safetensors))}.");

    private static bool ReadNumbers(ref Utf8JsonReader reader, List<long> numbers)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || numbers.Count == TensorShape.LargestRank)
            {
                return false;
            }

            numbers.Add(number);
        }

        return true;
    }
}
