using System.Reflection;

namespace ResearchKit.Runtime;

/// <summary>Where NuGet keeps the packages whose native libraries and weights the kit reads in place.</summary>
/// <remarks>A build in the checkout records the full path of each in the assembly. A packed assembly holds none: it records
/// <c>id/version</c>, with <c>{rid}</c> for the platform, which is looked for below <see cref="Roots"/>.</remarks>
internal static class NuGetPackages
{
    /// <summary>The key-value pairs that the build wrote into the assembly.</summary>
    public static Dictionary<string, string> Recorded(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .GroupBy(a => a.Key)
            .ToDictionary(g => g.Key, g => g.First().Value ?? "");

    /// <summary>The folders in which a package may lie, whether they exist or not.</summary>
    /// <param name="recorded">What the build recorded.</param>
    /// <param name="key">The package's key there, for example <c>LibtorchPackage</c>.</param>
    public static IEnumerable<string> Folders(IReadOnlyDictionary<string, string> recorded, string key) =>
        !recorded.TryGetValue(key, out var value) || value.Length == 0 ? []
        : Path.IsPathRooted(value) ? [value]
        : Roots(LibtorchLocator.AssemblyFolder).Distinct().Select(r =>
            Path.Combine(r, value.Replace("{rid}", LibtorchLocator.RuntimeIdentifier, StringComparison.Ordinal)));

    /// <summary>The folders of packages on this machine: the one from which the assembly itself was loaded, as a notebook's kernel does,
    /// and the user's.</summary>
    /// <param name="assemblyFolder">The folder of ResearchKit.dll.</param>
    public static IEnumerable<string> Roots(string assemblyFolder)
    {
        // ROOT/researchkit/VERSION/lib/net10.0
        var package = Path.GetFullPath(Path.Combine(assemblyFolder, "..", "..", ".."));
        if (Path.GetFileName(package).Equals("researchkit", StringComparison.OrdinalIgnoreCase))
        {
            yield return Path.GetDirectoryName(package)!;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named)
        {
            yield return Path.GetFullPath(named);
        }
        else if (home.Length > 0)
        {
            yield return Path.Combine(home, ".nuget", "packages");
        }
    }

    /// <summary>Whether the assembly is one of a package, and not of a build in the checkout.</summary>
    /// <param name="recorded">What the build recorded.</param>
    public static bool ArePacked(IReadOnlyDictionary<string, string> recorded) =>
        recorded.TryGetValue(LibtorchLocator.LibtorchPackage, out var value) && value.Length > 0 && !Path.IsPathRooted(value);

    /// <summary>What to do where a package is missing: one sentence without its end.</summary>
    /// <param name="recorded">What the build recorded.</param>
    /// <param name="key">The package's key there.</param>
    public static string Cure(IReadOnlyDictionary<string, string> recorded, string key)
    {
        if (!ArePacked(recorded) || Folders(recorded, key).LastOrDefault() is not { } folder)
        {
            return "run `dotnet build` where the package source can be reached";
        }

        var package = Path.GetDirectoryName(folder)!;
        return $"run `dotnet package download {Path.GetFileName(package)}@{Path.GetFileName(folder)} --output " +
            $"{Path.GetDirectoryName(package)}`";
    }
}
