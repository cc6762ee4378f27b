using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace ResearchKit.Notebooks.Cells;

/// <summary>What NuGet packages hold for cells.</summary>
/// <param name="Versions">Each package, those asked for and those they need, with the version that was chosen.</param>
/// <param name="Compile">The full paths of the libraries that a cell may name, each with the package that it is of.</param>
/// <param name="Load">The full paths of the managed libraries to load, by their simple name.</param>
/// <param name="Native">The full paths of the native libraries, by their file name.</param>
internal sealed record PackageFiles(
    Dictionary<string, string> Versions, List<(string Package, string Path)> Compile, Dictionary<string, string> Load,
    Dictionary<string, string> Native);

/// <summary>Gets packages as a project gets them: by <c>dotnet restore</c>, into NuGet's own folder, from the sources that NuGet is set
/// to (for the notebook's folder) and those that cells name. Nothing is copied.</summary>
/// <param name="folder">The notebook's folder.</param>
internal sealed partial class PackageRestore(string folder)
{
    private readonly Dictionary<string, string> _wanted = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _sources = [];

    /// <summary>Adds a package source: a folder's full path, or an address.</summary>
    public void AddSource(string source) => _sources.Add(source);

    /// <summary>Gets packages, together with all that were asked for before.</summary>
    /// <param name="packages">Their names with a version, or null for the newest stable one.</param>
    /// <exception cref="IOException">They cannot be had; the message is NuGet's own.</exception>
    public PackageFiles Get(IEnumerable<(string Name, string? Version)> packages)
    {
        var wanted = new Dictionary<string, string>(_wanted, _wanted.Comparer);
        foreach (var (name, version) in packages)
        {
            wanted[name] = version ?? wanted.GetValueOrDefault(name, "*");
        }

        var place = Directory.CreateTempSubdirectory("researchkit-");
        try
        {
            var project = Path.Combine(place.FullName, "cells.csproj");
            Project(wanted).Save(project);
            Restore(project);
            var files = Read(JsonNode.Parse(File.ReadAllText(Path.Combine(place.FullName, "obj", "project.assets.json")))!);
            wanted.ToList().ForEach(w => _wanted[w.Key] = w.Value); // one that cannot be had spoils no later cell
            return files;
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private XElement Project(Dictionary<string, string> wanted) => new("Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk"),
        new XElement("PropertyGroup",
            new XElement("TargetFramework", $"net{Environment.Version.Major}.{Environment.Version.Minor}"),
            new XElement("RuntimeIdentifier", RuntimeInformation.RuntimeIdentifier),
            new XElement("SelfContained", "false"),
            new XElement("NuGetAudit", "false"),
            new XElement("RestoreRootConfigDirectory", folder),
            new XElement("RestoreAdditionalProjectSources", string.Join(';', _sources))),
        new XElement("ItemGroup", wanted.Select(w =>
            new XElement("PackageReference", new XAttribute("Include", w.Key), new XAttribute("Version", w.Value)))));

    private static void Restore(string project)
    {
        using var process = Process.Start(new ProcessStartInfo(DotnetHost.FullPath, ["restore", project, "--verbosity", "quiet"])
        {
            WorkingDirectory = Path.GetDirectoryName(project),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1" },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException(ErrorText().Match(text) is { Success: true } error ? error.Groups["text"].Value.Trim()
                : text.Trim().Split('\n')[0].Trim());
        }
    }

    private static PackageFiles Read(JsonNode assets)
    {
        var files = new PackageFiles(new(StringComparer.OrdinalIgnoreCase), [], new(StringComparer.OrdinalIgnoreCase), []);
        var roots = assets["packageFolders"]!.AsObject().Select(f => f.Key).ToList();
        var target = assets["targets"]!.AsObject().Single(t => t.Key.Contains('/', StringComparison.Ordinal)); // net10.0/linux-x64
        foreach (var (key, package) in target.Value!.AsObject())
        {
            var (name, version) = key.Split('/') is [var n, var v] ? (n, v) : (key, "");
            var path = (string)assets["libraries"]![key]!["path"]!;
            var root = roots.Find(r => Directory.Exists(Path.Combine(r, path))) ?? roots[0];
            files.Versions[name] = version;
            files.Compile.AddRange(Files("compile").Select(f => (name, f)));
            Files("runtime").ForEach(f => files.Load[Path.GetFileNameWithoutExtension(f)] = f);
            Files("native").ForEach(f => files.Native[Path.GetFileName(f)] = f);

            // `_._` stands for a library that the framework brings.
            List<string> Files(string kind) => [.. (package![kind]?.AsObject() ?? []).Select(f => f.Key)
                .Where(f => !f.EndsWith("_._", StringComparison.Ordinal)).Select(f => Path.GetFullPath(Path.Combine(root, path, f)))];
        }

        return files;
    }

    [GeneratedRegex(@"error\s+(?<text>(NU|NETSDK|MSB)\d+:[^\[\r\n]*)")]
    private static partial Regex ErrorText();
}
