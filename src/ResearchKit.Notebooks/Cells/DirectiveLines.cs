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
    /// <param name="kit">Knows which packages are there, and gets others.</param>
    /// <param name="output">Told which package answers a <c>#r "nuget: ..."</c>; null for nobody.</param>
    /// <exception cref="DirectiveException">A line cannot be followed here.</exception>
    public static string Process(string code, KitAssemblies kit, ICellOutput? output)
    {
        var lines = code.ReplaceLineEndings("\n").Split('\n');
        var wanted = new List<(int Line, string Name, string? Version)>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            var reference = PackageReference().Match(line);
            if (reference.Success)
            {
                var version = reference.Groups["version"].Value.Trim();
                wanted.Add((i + 1, reference.Groups["name"].Value, version.Length > 0 ? version : null));
            }
            else if (line.StartsWith("#i ", StringComparison.Ordinal))
            {
                kit.Packages.AddSource(Source(line) ?? throw new DirectiveException(i + 1, $"`{line}` names no package source: write "
                    + "#i \"nuget: SOURCE\" with the full path of a folder of packages, or the address of a source."));
            }
            else if (!line.StartsWith("#!", StringComparison.Ordinal))
            {
                continue;
            }
            else if (line.Split(' ', 2)[0] is var word && word is not ("#!csharp" or "#!c#"))
            {
                throw new DirectiveException(i + 1, $"`{word}` is a command of .NET Interactive that this host does not have; only "
                    + "#!csharp is. Remove the line, or open the notebook in VS Code with Polyglot.");
            }

            lines[i] = "";
        }

        foreach (var package in wanted.Select(w => Library(w.Name)).Where(kit.PackageVersions.ContainsKey))
        {
            output?.Stream("stdout", $"{package} {kit.PackageVersions[package]} comes with the kit.\n");
        }

        Get([.. wanted.Where(w => !kit.PackageVersions.ContainsKey(Library(w.Name)))], kit, output);
        return string.Join('\n', lines);
    }

    private static void Get(List<(int Line, string Name, string? Version)> wanted, KitAssemblies kit, ICellOutput? output)
    {
        if (wanted.Count == 0)
        {
            return;
        }

        try
        {
            kit.Add(kit.Packages.Get(wanted.Select(w => (w.Name, w.Version))));
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            throw new DirectiveException(wanted[0].Line, $"the packages of this cell cannot be had ({e.Message.TrimEnd('.')}): check "
                + "name and version, name a source with #i \"nuget: FOLDER\", or reference a .dll by path. It takes the .NET SDK.");
        }

        wanted.ForEach(w => output?.Stream("stdout", $"{w.Name} {kit.VersionOf(w.Name)} is referenced.\n"));
    }

    // A path that is not a full one would be another in VS Code: .NET Interactive takes none.
    private static string? Source(string line) => PackageSource().Match(line).Groups["source"].Value.Trim() is { Length: > 0 } source
        && (Path.IsPathFullyQualified(source) || Uri.IsWellFormedUriString(source, UriKind.Absolute)) ? source : null;

    // What tutorials reference, and what of it the kit brings: TorchSharp-cpu and -cuda-... are TorchSharp with a libtorch, which the kit
    // finds; Plotly.NET.Interactive is Plotly.NET with formatters for which the kit has its own.
    private static string Library(string package) => package.ToUpperInvariant() switch
    {
        var name when name.StartsWith("TORCHSHARP-C", StringComparison.Ordinal) => "TorchSharp",
        "PLOTLY.NET.INTERACTIVE" => "Plotly.NET",
        _ => package,
    };

    [GeneratedRegex("""^#r\s+"nuget:\s*(?<name>[^,"\s]+)\s*(,(?<version>[^"]*))?"$""", RegexOptions.IgnoreCase)]
    private static partial Regex PackageReference();

    [GeneratedRegex("""^#i\s+"nuget:(?<source>[^"]+)"$""", RegexOptions.IgnoreCase)]
    private static partial Regex PackageSource();
}
