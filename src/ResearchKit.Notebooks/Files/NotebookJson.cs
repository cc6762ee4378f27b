using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResearchKit.Notebooks.Files;

/// <summary>The one layout in which notebooks are written: Jupyter's, but a chart's rows of numbers stay on one line each.</summary>
/// <remarks>A number on each line would make a file with charts three times as long, and its differences unreadable.</remarks>
internal static class NotebookJson
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 1, // Jupyter's own: small differences between versions
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of a notebook's JSON, without a final newline.</summary>
    public static string ToText(JsonObject root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Layout))
        {
            Write(writer, root);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject entries:
                writer.WriteStartObject();
                foreach (var (name, value) in entries)
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray { Count: > 0 } items when items.All(IsNumber):
                writer.WriteRawValue(items.ToJsonString(), skipInputValidation: true);
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private static bool IsNumber(JsonNode? node) => node is null || (node is JsonValue && node.GetValueKind() == JsonValueKind.Number);
}
