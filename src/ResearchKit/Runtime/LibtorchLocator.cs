using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Where the native libraries may lie, in the order in which they are tried.</summary>
internal sealed class LibtorchLocator
{
    /// <summary>The environment variable that names a folder with libtorch, for example <c>torch/lib</c> of a PyTorch.</summary>
    public const string FolderVariable = "RESEARCHKIT_LIBTORCH";

    /// <summary>The key under which the build records the package of libtorch.</summary>
    public const string LibtorchPackage = nameof(LibtorchPackage);

    /// <summary>The key under which the build records TorchSharp's package.</summary>
    public const string TorchSharpPackage = nameof(TorchSharpPackage);

    private readonly List<(string Reason, string Folder)> _places = [];

    /// <summary>Collects the places for an assembly that lies in <paramref name="assemblyFolder"/>.</summary>
    /// <param name="assemblyFolder">The folder of ResearchKit.dll.</param>
    /// <param name="libtorchFolder">The value of <see cref="FolderVariable"/>, or null.</param>
    /// <param name="recorded">What the build recorded: keys <c>LibtorchPackage</c> and <c>TorchSharpPackage</c>.</param>
    /// <param name="searched">The folders that the program's host searches for native libraries, joined as in PATH, or null.</param>
    public LibtorchLocator(string assemblyFolder, string? libtorchFolder, IReadOnlyDictionary<string, string> recorded,
        string? searched = null)
    {
        Recorded = recorded;
        ExplicitFolder = string.IsNullOrWhiteSpace(libtorchFolder) ? null : libtorchFolder;
        if (ExplicitFolder is not null)
        {
            _places.Add((FolderVariable, ExplicitFolder));
        }

        var native = Path.Combine("runtimes", RuntimeIdentifier, "native");
        _places.Add(("beside the assembly", assemblyFolder));
        _places.Add(("runtimes folder", Path.Combine(assemblyFolder, native)));
        var framework = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        _places.AddRange((searched ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(f => Path.TrimEndingDirectorySeparator(f))
            .Where(f => f != framework && _places.TrueForAll(p => p.Folder != f)).Select(f => ("the program's search path", f)));
        _places.AddRange(new[] { LibtorchPackage, TorchSharpPackage }.SelectMany(key => NuGetPackages.Folders(recorded, key))
            .Select(package => ("NuGet cache", Path.Combine(package, native))));
    }

    /// <summary>What the build recorded.</summary>
    public IReadOnlyDictionary<string, string> Recorded { get; }

    /// <summary>The folder the user named, or null.</summary>
    public string? ExplicitFolder { get; }

    /// <summary>The platform's name in the <c>runtimes</c> folders of NuGet packages.</summary>
    public static string RuntimeIdentifier =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    /// <summary>The file name of a native library on this operating system.</summary>
    /// <param name="name">The bare name, for example <c>torch_cpu</c>.</param>
    public static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    /// <summary>The folder of ResearchKit.dll, or of the program where it is part of a single file.</summary>
    public static string AssemblyFolder =>
        typeof(LibtorchLocator).Assembly.Location is { Length: > 0 } file ? Path.GetDirectoryName(file)! : AppContext.BaseDirectory;

    /// <summary>The locator for this process: the real folder, environment and build record.</summary>
    public static LibtorchLocator ForThisProcess() =>
        new(AssemblyFolder, Environment.GetEnvironmentVariable(FolderVariable), NuGetPackages.Recorded(typeof(LibtorchLocator).Assembly),
            AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string);

    /// <summary>The folder of libtorch: the first place that holds torch_cpu, and only the user's own where one was named.</summary>
    public string? FindLibtorchFolder() =>
        (ExplicitFolder is null ? _places : _places.Take(1))
            .Select(p => p.Folder)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, FileName("torch_cpu"))));

    /// <summary>The full path of TorchSharp's native library, or null.</summary>
    public string? FindLibTorchSharp() =>
        _places
            .Select(p => Path.Combine(p.Folder, FileName("LibTorchSharp")))
            .FirstOrDefault(File.Exists);

    /// <summary>One line a place: why it was tried, where it is, and what was there.</summary>
    public string DescribePlaces() =>
        string.Join(
            Environment.NewLine,
            _places.Select(p => $"  {p.Reason}: {p.Folder} ({Describe(p.Folder)})"));

    private static string Describe(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return "no such folder";
        }

        string[] names = [FileName("torch_cpu"), FileName("LibTorchSharp")];
        var found = names.Where(n => File.Exists(Path.Combine(folder, n))).ToArray();
        return found.Length == 0 ? $"neither {names[0]} nor {names[1]}" : "has " + string.Join(" and ", found);
    }
}
