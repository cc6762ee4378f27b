using System.Text.Json;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>Other names for the tensors of a file: a beginning that is dropped, then those of a map.</summary>
internal static class TensorNames
{
    /// <summary>The tensors by their new names; they stay the collection's.</summary>
    public static List<KeyValuePair<string, Tensor>> Rename(TensorCollection tensors, string path, string? prefix, string? mapFile)
    {
        var named = tensors.Where(t => t.Key.StartsWith(prefix ?? "", StringComparison.Ordinal))
            .Select(t => (Old: t.Key, Name: t.Key[(prefix?.Length ?? 0)..], Tensor: t.Value)).ToList();
        if (tensors.Count == 0)
        {
            throw new DataFileException(path, "it holds no tensors; name another file.");
        }

        if (named.Count == 0)
        {
            throw new DataFileException(path, $"no tensor's name begins with '{prefix}'; they begin with " +
                $"{string.Join(", ", tensors.Names.Select(n => n.Split('.')[0]).Distinct().Take(10))}.");
        }

        if (mapFile is not null)
        {
            var map = Read(mapFile);
            var unused = map.Keys.Where(from => !named.Any(t => Fits(from, t.Name))).ToList();
            if (unused.Count > 0)
            {
                throw new DataFileException(mapFile, $"'{unused[0]}' is the name of no tensor of {path}; `researchkit convert {path}` " +
                    "lists them.");
            }

            named = [.. named.Select(t => (t.Old, Name: New(map, t.Name)!, t.Tensor)).Where(t => t.Name is not null)];
        }

        if (named.Count == 0)
        {
            throw new DataFileException(mapFile ?? path, $"it leaves no tensor of {path}; name one that is kept.");
        }

        return named.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1 || g.Key.Length == 0) is { } wrong
            ? throw new DataFileException(mapFile ?? path, $"{string.Join(" and ", wrong.Select(t => $"'{t.Old}'"))} would be called " +
                $"'{wrong.Key}'; give each tensor a name of its own.")
            : [.. named.Select(t => KeyValuePair.Create(t.Name, t.Tensor))];
    }

    private static Dictionary<string, string?> Read(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new DataFileException(file, "this is not a JSON object of names, each once: {\"from\": \"to\", \"from*\": \"to\"}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(file, "it cannot be read; check the name and its permissions.", e);
        }
    }

    private static bool Fits(string from, string name) =>
        from == name || (from.EndsWith('*') && name.StartsWith(from[..^1], StringComparison.Ordinal));

    private static string? New(Dictionary<string, string?> map, string name)
    {
        var from = map.Keys.Where(f => Fits(f, name)).OrderByDescending(f => f == name).ThenByDescending(f => f.Length).FirstOrDefault();
        return from is null ? name
            : map[from] is not { } to ? null
            : from == name ? to
            : to.TrimEnd('*') + name[(from.Length - 1)..];
    }
}
