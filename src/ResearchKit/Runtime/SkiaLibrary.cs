using System.Reflection;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace ResearchKit.Runtime;

/// <summary>Finds and loads SkiaSharp's native library, which decodes images, once a process and before its first call.</summary>
/// <remarks>SkiaSharp alone would search by <c>deps.json</c>, which knows no NuGet cache and which a notebook's kernel may not
/// read.</remarks>
internal static class SkiaLibrary
{
    private const string Name = "libSkiaSharp";
    private const string Package = "SkiaSharpPackage";
    private static readonly Lock Gate = new();
    private static nint s_handle;

    private static bool s_registered;

    /// <summary>From now on SkiaSharp finds the library when it first needs it, in code outside the kit, too.</summary>
    /// <remarks>A notebook's kernel may load SkiaSharp twice, once for the kit and once for TorchSharp; each copy must be told.</remarks>
    public static void Register()
    {
        lock (Gate)
        {
            if (s_registered)
            {
                return;
            }

            AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Tell(loaded.LoadedAssembly);
            foreach (var copy in AppDomain.CurrentDomain.GetAssemblies().Append(typeof(SKCodec).Assembly).Distinct())
            {
                Tell(copy);
            }

            s_registered = true;
        }
    }

    /// <summary>Loads the library, or returns at once when it is loaded.</summary>
    /// <exception cref="NativeRuntimeException">It was not found, or the loader refused it; says where it was looked for and what to
    /// do.</exception>
    public static void EnsureLoaded()
    {
        Register();
        Handle();
    }

    /// <summary>The files to try, in order.</summary>
    internal static List<string> Places(string assemblyFolder, IReadOnlyDictionary<string, string> recorded)
    {
        var file = Name + (OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so");
        string[] platforms = OperatingSystem.IsMacOS() ? ["osx", LibtorchLocator.RuntimeIdentifier] : [LibtorchLocator.RuntimeIdentifier];
        string[] roots = [assemblyFolder, .. NuGetPackages.Folders(recorded, Package)];
        return [Path.Combine(assemblyFolder, file),
            .. roots.SelectMany(root => platforms.Select(p => Path.Combine(root, "runtimes", p, "native", file)))];
    }

    /// <summary>Loads the first file that is there, else what the system's own search finds for the name.</summary>
    internal static nint Load(IReadOnlyList<string> places, string name, Assembly searcher)
    {
        var file = places.FirstOrDefault(File.Exists);
        try
        {
            return file is null ? NativeLibrary.Load(name, searcher, searchPath: null) : NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeRuntimeException(
                file is null
                    ? $"SkiaSharp's native library, which reads images, was not found in {string.Join(", ", places)} nor by the system's " +
                        $"own search; to mend this, {NuGetPackages.Cure(NuGetPackages.Recorded(typeof(SkiaLibrary).Assembly), Package)}."
                    : $"SkiaSharp's native library, which reads images, was found but did not load: {e.Message}; delete its " +
                        $"package from the NuGet cache if the file is damaged, and run `dotnet build` again.",
                e);
        }
    }

    private static void Tell(Assembly assembly)
    {
        var (copy, kits) = (assembly.GetName(), typeof(SKCodec).Assembly.GetName());
        if (copy.Name != kits.Name || copy.Version != kits.Version)
        {
            return; // another version needs another library
        }

        try
        {
            NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => name == Name ? Handle() : 0);
        }
        catch (InvalidOperationException)
        {
            // The program has a resolver of its own for SkiaSharp: it knows where its library is.
        }
    }

    private static nint Handle()
    {
        lock (Gate)
        {
            if (s_handle == 0)
            {
                s_handle = Load(Places(LibtorchLocator.AssemblyFolder, NuGetPackages.Recorded(typeof(SkiaLibrary).Assembly)), Name,
                    typeof(SKCodec).Assembly);
            }

            return s_handle;
        }
    }
}
