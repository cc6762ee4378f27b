namespace ResearchKit.Notebooks.Cells;

/// <summary>A directive line that cannot be followed; <paramref name="line"/> counts the cell's lines from 1.</summary>
internal sealed class DirectiveException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}

/// <summary>Handles the lines of a cell that are .NET Interactive's and not C#. One that cannot be followed is an error.</summary>
internal static partial class DirectiveLines
{
    /// <summary>Returns the cell with its directives made empty, so that line numbers stay.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="kit">Knows which packages are there.</param>
    /// <param name="output">Told which package answers a <c>#r "nuget: ..."</c>.</param>
    /// <exception cref="DirectiveException">A line cannot be followed here.</exception>
    public static string Process(string code, KitAssemblies kit, ICellOutput output)
    {
        var lines = code.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            var package = Library(PackageReference().Match(line).Groups["name"].Value);
            if (line.StartsWith("#!", StringComparison.Ordinal) || line.StartsWith("#i ", StringComparison.Ordinal) || package.Length > 0)
            {
                if (Refusal(line, package, kit) is { } refusal)
                {
                    throw new DirectiveException(i + 1, refusal);
                }

                lines[i] = "";
                if (package.Length > 0)
                {
                    output.Stream("stdout", $"{package} {kit.PackageVersions[package]} comes with the kit.\n");
                }
            }
        }

        return string.Join('\n', lines);
    }

    // What tutorials reference, and what of it the kit brings: TorchSharp-cpu and -cuda-... are TorchSharp with a libtorch, which the kit
    // finds; Plotly.NET.Interactive is Plotly.NET with formatters for which the kit has its own.
    private static string Library(string package) => package.ToUpperInvariant() switch
    {
        var name when name.StartsWith("TORCHSHARP-C", StringComparison.Ordinal) => "TorchSharp",
        "PLOTLY.NET.INTERACTIVE" => "Plotly.NET",
        _ => package,
    };

    private static string? Refusal(string line, string package, KitAssemblies kit) => line.Split(' ', 2)[0] switch
    {
        "#!csharp" or "#!c#" => null,
        "#i" => $"`{line}` names a package source, and cells run here without one: reference what the kit ships with "
            + "#r \"../artifacts/kit/...dll\", or open the notebook in VS Code with Polyglot.",
        _ when package.Length > 0 && kit.PackageVersions.ContainsKey(package) => null,
        _ when package.Length > 0 => $"#r \"nuget: {package}\" cannot be answered: " + (kit.PackageVersions.Count == 0
            ? "put the cell with #r \"../artifacts/kit/ResearchKit.Interactive.dll\" first; the packages that it brings are then known."
            : "cells run here without a package source, and the kit does not bring that package. Open the notebook in VS Code with "
                + "Polyglot, or reference a .dll by path."),
        var word => $"`{word}` is a command of .NET Interactive that this host does not have; only #!csharp is. Remove the line, or open "
            + "the notebook in VS Code with Polyglot.",
    };

    [GeneratedRegex("""^#r\s+"nuget:\s*(?<name>[^,"\s]+)\s*(,[^"]*)?"$""", RegexOptions.IgnoreCase)]
    private static partial Regex PackageReference();
}
