using System.Text.Json;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Which NuGet packages the libraries that a notebook has referenced so far bring with them, read from their <c>deps.json</c> files.</summary>
internal sealed class KitPackages
{
    private readonly Dictionary<string, string> _versions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes the packages beside a referenced library.</summary>
    public void Add(string assemblyPath)
    {
        var file = Path.ChangeExtension(assemblyPath, ".deps.json");
        if (!File.Exists(file))
        {
            return;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var library in document.RootElement.GetProperty("libraries").EnumerateObject())
        {
            var parts = library.Name.Split('/', 2);
            _versions[parts[0]] = parts[^1];
        }
    }

    /// <summary>Says in one sentence that a package is there.</summary>
    /// <exception cref="DirectiveException">It is not.</exception>
    public string Answer(string package, int line) =>
        _versions.TryGetValue(package, out var version)
            ? $"{package} {version} comes with the kit."
            : throw new DirectiveException(
                line,
                $"""#r "nuget: {package}" cannot be answered: """ + (_versions.Count == 0
                    ? """put the cell with #r "../artifacts/kit/ResearchKit.Interactive.dll" first; what it brings is then known."""
                    : "cells run here without a package source, and the kit does not bring that package. Open the notebook in VS Code with Polyglot, or reference a .dll by path."));
}
