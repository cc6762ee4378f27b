using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResearchKit.Experiments.Options;

/// <summary>Options as one flat JSON object: read strictly, changed by name, and hashed.</summary>
public static class ExperimentJson
{
    /// <summary>How the files of runs and sweeps are laid out.</summary>
    internal static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What changes no number that a run computes (a device changes last digits).
    private static readonly string[] Aside = ["device", "memory", "checkpointEvery", "gridEvery"];

    /// <summary>The options as JSON text, every one of them.</summary>
    /// <returns>Indented JSON; equal options give equal text.</returns>
    public static string Write(ExperimentOptions options) => Node(options).ToJsonString(Layout);

    /// <summary>Writes a file of a run or a sweep, whole or not at all.</summary>
    /// <exception cref="DataFileException">It cannot be written.</exception>
    internal static void Save(string path, JsonObject document) =>
        TensorFile.Write(path, stream => JsonSerializer.Serialize(stream, document, Layout));

    /// <summary>Reads options; what is not named has its default. Names of earlier versions are understood.</summary>
    /// <returns>The options, not yet checked for their ranges (<see cref="ExperimentOptions.Validate"/>).</returns>
    /// <exception cref="FormatException">It is no such object; names the option at fault.</exception>
    public static ExperimentOptions Read(string json)
    {
        try
        {
            return Read(JsonNode.Parse(json) as JsonObject ?? throw new FormatException("The options are no JSON object."));
        }
        catch (JsonException e)
        {
            throw new FormatException($"The options are no JSON: {e.Message}", e);
        }
    }

    /// <summary>The options with some of them changed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="assignments">Each <c>name=value</c>: <c>r1=0.1</c>, <c>generatorLearningRate=cosine(2e-4, 0, 3000)</c>,
    /// <c>heldOut=none</c>.</param>
    /// <exception cref="FormatException">There is no such option, or the value does not fit; says which are there.</exception>
    public static ExperimentOptions With(this ExperimentOptions options, params IEnumerable<string> assignments)
    {
        var changes = new Dictionary<string, string>();
        foreach (var assignment in assignments)
        {
            var (name, text) = assignment.Split('=', 2, StringSplitOptions.TrimEntries) is [var n, var t]
                ? (n, t)
                : throw new FormatException($"'{assignment}' is no name=value.");
            changes[OldOptions.NewName(name) is not { } now ? Find(name).Name
                : throw new FormatException($"The option {name} is called {now} now.")] = text;
        }

        return ExperimentOption.Create(o => changes.TryGetValue(o.Name, out var text) ? o.Read(text) : o.Get(options));
    }

    /// <summary>SHA-256 of the JSON of the options that differ from the defaults, without those that do not change a result (device,
    /// checkpoints, grids): it tells runs apart, and a new option leaves older runs' as they were.</summary>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    public static string Hash(ExperimentOptions options)
    {
        var (node, defaults) = (Node(options), Node(new ExperimentOptions()));
        var counted = node.Where(p => !JsonNode.DeepEquals(p.Value, defaults[p.Key]) && !Aside.Contains(p.Key))
            .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(new JsonObject(counted).ToJsonString())));
    }

    /// <summary>The options in which two differ.</summary>
    /// <returns>Each with its values as <see cref="With"/> takes them, and whether <see cref="Hash"/> counts it; in the order of
    /// <see cref="ExperimentOption.All"/>.</returns>
    public static IReadOnlyList<(string Name, string First, string Second, bool Counts)> Differences(ExperimentOptions first,
        ExperimentOptions second) =>
        [.. ExperimentOption.All.Select(o => (o.Name, First: o.Text(first), Second: o.Text(second), !Aside.Contains(o.Name)))
            .Where(d => d.First != d.Second)];

    /// <summary>An option's value as text, as <see cref="With"/> takes it.</summary>
    internal static string ValueOf(ExperimentOptions options, string name) => Find(name).Text(options);

    /// <summary>Reads options from a JSON object of this version or an earlier one.</summary>
    internal static ExperimentOptions Read(JsonObject json)
    {
        var node = OldOptions.Update(json);
        foreach (var name in node.Select(p => p.Key))
        {
            Find(name);
        }

        var defaults = new ExperimentOptions();
        return ExperimentOption.Create(o => node.TryGetPropertyValue(o.Name, out var value) ? o.Read(value?.ToString()) : o.Get(defaults));
    }

    internal static JsonObject Node(ExperimentOptions options) =>
        new(ExperimentOption.All.Select(o => KeyValuePair.Create(o.Name, o.Json(options))));

    private static ExperimentOption Find(string name)
    {
        try
        {
            return ExperimentOption.All.Find(name);
        }
        catch (ArgumentException)
        {
            throw new FormatException($"There is no option '{name}'; there are {string.Join(", ", ExperimentOption.All.Names)}.");
        }
    }
}
