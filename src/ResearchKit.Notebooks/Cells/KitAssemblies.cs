using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Loads what cells reference with <c>#r</c> once, into the default context, with the dependencies beside it or in NuGet's
/// folder.</summary>
internal sealed class KitAssemblies : IDisposable
{
    private readonly HashSet<string> _known = [];
    private readonly List<AssemblyDependencyResolver> _resolvers = [];
    private readonly HashSet<string> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _new = [];
    private PackageFiles? _packages;

    /// <summary>Begins to answer what the runtime does not find.</summary>
    /// <param name="folder">The notebook's folder.</param>
    public KitAssemblies(string folder)
    {
        Packages = new PackageRestore(folder);
        AssemblyLoadContext.Default.Resolving += Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += ResolveNative;
    }

    /// <summary>The loader that scripts share.</summary>
    public InteractiveAssemblyLoader Loader { get; } = new();

    /// <summary>The versions of the NuGet packages that the libraries loaded so far bring, as their <c>deps.json</c> files say.</summary>
    public Dictionary<string, string> PackageVersions { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets NuGet packages.</summary>
    public PackageRestore Packages { get; }

    /// <summary>Makes packages known to the cells that follow; their libraries are loaded when they are used.</summary>
    public void Add(PackageFiles packages)
    {
        _packages = packages;
        _new.AddRange(packages.Compile.Where(c => !PackageVersions.ContainsKey(c.Package)
            && _named.Add(Path.GetFileNameWithoutExtension(c.Path))).Select(c => c.Path));
    }

    /// <summary>The libraries that became known since the last call.</summary>
    public List<string> TakeNew()
    {
        List<string> taken = [.. _new];
        _new.Clear();
        return taken;
    }

    /// <summary>The version of a package that a cell has got, or null.</summary>
    public string? VersionOf(string package) => _packages?.Versions.GetValueOrDefault(package);

    /// <summary>Loads the libraries that a compiled cell names.</summary>
    public void Load(Compilation compilation)
    {
        foreach (var path in compilation.DirectiveReferences.Select(r => r.Display!).Where(_known.Add))
        {
            _resolvers.Add(new AssemblyDependencyResolver(path));
            NotePackages(Path.ChangeExtension(path, ".deps.json"));
            Loader.RegisterDependency(AssemblyLoadContext.Default.LoadFromAssemblyPath(path));
        }
    }

    public void Dispose()
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll -= ResolveNative;
        Loader.Dispose();
    }

    private void NotePackages(string file)
    {
        var libraries = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))!["libraries"]!.AsObject() : [];
        foreach (var parts in libraries.Select(l => l.Key.Split('/', 2)))
        {
            PackageVersions[parts[0]] = parts[^1];
        }
    }

    private Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        (FirstPath(r => r.ResolveAssemblyToPath(name)) ?? _packages?.Load.GetValueOrDefault(name.Name!)) is { } path
            ? context.LoadFromAssemblyPath(path)
            : null;

    private nint ResolveNative(Assembly assembly, string name) =>
        (FirstPath(r => r.ResolveUnmanagedDllToPath(name)) ?? NativeOfPackage(name)) is { } path ? NativeLibrary.Load(path) : 0;

    private string? NativeOfPackage(string name) =>
        new[] { name, $"{name}.dll", $"lib{name}.so", $"{name}.so", $"lib{name}.dylib", $"{name}.dylib" }
            .Select(file => _packages?.Native.GetValueOrDefault(file)).FirstOrDefault(path => path is not null);

    private string? FirstPath(Func<AssemblyDependencyResolver, string?> path) => _resolvers.Select(path).FirstOrDefault(p => p is not null);
}
