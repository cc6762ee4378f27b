using System.Text.Json.Serialization;

namespace ResearchKit.Data.Catalog;

/// <summary>The layout of <c>data/catalog.json</c>; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CatalogDocument))]
internal sealed partial class CatalogJson : JsonSerializerContext;

internal sealed record CatalogDocument(IReadOnlyList<CatalogEntry> Sets);
