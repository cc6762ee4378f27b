using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResearchKit.Training.Checkpoints;

/// <summary>What stands beside a checkpoint's file: without it, or where it does not fit the file, the checkpoint does not count.</summary>
/// <param name="Step">The training step after which it was written.</param>
/// <param name="File">The safetensors file, in the same folder.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="Sha256">The file's SHA-256, 64 hexadecimal digits in lower case.</param>
/// <param name="Configuration">SHA-256 of the run's options: another configuration's state is never loaded.</param>
/// <param name="Seal">SHA-256 of the values above, so that a damaged manifest is known from one of another configuration.</param>
internal sealed record CheckpointManifest(long Step, string File, long Bytes, string Sha256, string Configuration, string Seal)
{
    /// <summary>A manifest with its seal.</summary>
    public static CheckpointManifest Of(long step, string file, long bytes, string sha256, string configuration)
    {
        var open = new CheckpointManifest(step, file, bytes, sha256, configuration, "");
        return open with { Seal = open.ExpectedSeal() };
    }

    /// <summary>Whether the values are those that were sealed.</summary>
    [JsonIgnore]
    public bool IsWhole => Seal == ExpectedSeal();

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.CheckpointManifest);

    /// <exception cref="JsonException">The bytes are no manifest.</exception>
    public static CheckpointManifest FromJson(byte[] json) =>
        JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointManifest) ?? throw new JsonException("it is null");

    private string ExpectedSeal() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{Step}\n{File}\n{Bytes}\n{Sha256}\n{Configuration}"))));
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
