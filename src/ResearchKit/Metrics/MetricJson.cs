using System.Text.Json.Serialization;

namespace ResearchKit.Metrics;

/// <summary>The layout of a report's JSON; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MetricReport))]
internal sealed partial class MetricJson : JsonSerializerContext;
