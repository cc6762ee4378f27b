using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResearchKit.Experiments.Options;

/// <summary>How options were written before they had one name each and null for none: such run folders and presets are still read.
/// </summary>
internal static class OldOptions
{
    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["generatorRate"] = "generatorLearningRate",
        ["discriminatorRate"] = "discriminatorLearningRate",
        ["average"] = "averageDecay",
        ["unrolled"] = "unrolledSteps",
    };

    private static readonly HashSet<string> ZeroWasNone =
    [
        "samples", "heldOut", "minibatchDeviation", "unrolled", "weightClip", "gradientClip", "average", "averageHalfLife", "gridEvery",
        "scoreEvery", "scoreSamples",
    ];

    /// <summary>The name that an option has now; null where the name never was one.</summary>
    public static string? NewName(string old) => Renamed.GetValueOrDefault(old);

    /// <summary>Options of any time, as they are written now.</summary>
    public static JsonObject Update(JsonObject options) => new(options.Where(option => !WasIgnored(option.Key, options))
        .Select(option => KeyValuePair.Create(
            NewName(option.Key) ?? option.Key,
            ZeroWasNone.Contains(option.Key) && option.Value?.GetValueKind() == JsonValueKind.Number && (double)option.Value == 0
                ? null
                : option.Value?.DeepClone())));

    // A run's options are all there. Before there was fit, these two were for folders alone, where 32 and 3 are what null means now.
    private static bool WasIgnored(string name, JsonObject options) => name is "imageSize" or "channels"
        && options.ContainsKey("network") && options.ContainsKey("logEvery") && !options.ContainsKey("fit")
        && ((string?)options["data"] is { } data && data.Split(':').Length == 2 || (int?)options[name] == (name == "channels" ? 3 : 32));
}
