using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Schedules;

namespace ResearchKit.Experiments.Options;

/// <summary>A schedule in JSON: a number, or the text that <see cref="Schedule.Parse"/> reads.</summary>
internal sealed class ScheduleJson : JsonConverter<Schedule>
{
    public override Schedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : Schedule.Parse(reader.GetString() ?? "");
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            throw new JsonException(e.Message);
        }
    }

    public override void Write(Utf8JsonWriter writer, Schedule value, JsonSerializerOptions options)
    {
        if (value is ConstantSchedule { Value: var number })
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
