using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ResearchKit.Experiments.Options;

/// <summary>Options as JSON: read strictly, changed by name, and hashed.</summary>
public static class ExperimentJson
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new ScheduleJson(), new JsonStringEnumConverter() },
    };

    // What changes no number that a run computes (a device changes last digits).
    private static readonly string[] Aside = ["device", "checkpointEvery", "gridEvery"];

    /// <summary>Every option's name, as <see cref="With"/> takes it.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Node(new ExperimentOptions()).Select(p => p.Key)];

    /// <summary>The options as JSON text, every one of them.</summary>
    /// <param name="options">The options.</param>
    /// <returns>Indented JSON; equal options give equal text.</returns>
    public static string Write(ExperimentOptions options) => JsonSerializer.Serialize(options, Layout);

    /// <summary>Reads options; what is not named has its default.</summary>
    /// <param name="json">An object.</param>
    /// <returns>The options, not yet checked for their ranges (<see cref="ExperimentOptions.Validate"/>).</returns>
    /// <exception cref="FormatException">It is no such object; names the option at fault.</exception>
    public static ExperimentOptions Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ExperimentOptions>(json, Layout) ?? throw new FormatException("The options are null.");
        }
        catch (JsonException e)
        {
            var what = e.Path is { Length: > 2 } path ? $"The option {path[2..]} is not as it must be: " : "These are no options: ";
            throw new FormatException(what + e.Message.Split(" Path:")[0].Split(" The JSON value could")[0], e);
        }
    }

    /// <summary>Reads a preset's protocol, as strictly.</summary>
    /// <exception cref="FormatException">It is none; says what is wrong.</exception>
    internal static PresetProtocol ReadProtocol(string json)
    {
        try
        {
            var protocol = JsonSerializer.Deserialize<PresetProtocol>(json, Layout) ?? throw new FormatException("The protocol is null.");
            protocol.Validate();
            return protocol;
        }
        catch (JsonException e)
        {
            throw new FormatException($"The protocol is not as it must be (form, source, deviations, published; tunedOn and reportedOn " +
                $"where seeds were chosen): {e.Message.Split(" Path:")[0]}", e);
        }
    }

    /// <summary>The options with some of them changed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="assignments">Each <c>name=value</c>, for example <c>r1=0.1</c> or <c>generatorRate=cosine(2e-4, 0, 3000)</c>.</param>
    /// <exception cref="FormatException">There is no such option, or the value does not fit; says which are there.</exception>
    public static ExperimentOptions With(ExperimentOptions options, IEnumerable<string> assignments)
    {
        ArgumentNullException.ThrowIfNull(assignments);
        var node = Node(options);
        foreach (var assignment in assignments)
        {
            var (name, text) = assignment.Split('=', 2) is [var n, var t]
                ? (n.Trim(), t.Trim())
                : throw new FormatException($"'{assignment}' is no name=value.");
            if (!node.ContainsKey(name))
            {
                throw new FormatException($"There is no option '{name}'; there are {string.Join(", ", Names)}.");
            }

            node[name] = Value(text);
        }

        return Read(node.ToJsonString());
    }

    /// <summary>An option's value as text, as <see cref="With"/> takes it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">The option's name.</param>
    internal static string ValueOf(ExperimentOptions options, string name) => Node(options)[name]!.ToString();

    /// <summary>SHA-256 of the JSON of the options that differ from the defaults, without those that do not change a result (device,
    /// checkpoints, sheets): it tells runs apart, and a new option leaves older runs' as they were.</summary>
    /// <param name="options">The options.</param>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    public static string Hash(ExperimentOptions options)
    {
        var (node, defaults) = (Node(options), Node(new ExperimentOptions()));
        foreach (var name in (string[])[.. Names.Where(n => JsonNode.DeepEquals(node[n], defaults[n])), .. Aside])
        {
            node.Remove(name);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node.ToJsonString())));
    }

    /// <summary>The options in which two differ.</summary>
    /// <param name="first">Options.</param>
    /// <param name="second">Others.</param>
    /// <returns>Each with its values as JSON, and whether <see cref="Hash"/> counts it; in the order of <see cref="Names"/>.</returns>
    public static IReadOnlyList<(string Name, string First, string Second, bool Counts)> Differences(ExperimentOptions first,
        ExperimentOptions second)
    {
        var other = Node(second);
        return [.. Node(first).Select(p => (p.Key, p.Value!.ToJsonString(), other[p.Key]!.ToJsonString(), !Aside.Contains(p.Key)))
            .Where(d => d.Item2 != d.Item3)];
    }

    private static JsonObject Node(ExperimentOptions options) => JsonSerializer.SerializeToNode(options, Layout)!.AsObject();

    // Numbers are numbers, anything else is text: enums and schedules take both.
    private static JsonValue? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value : JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
