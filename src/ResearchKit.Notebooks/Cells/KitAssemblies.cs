using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Loads what cells reference with <c>#r</c> once, into the default context, with the dependencies beside it.</summary>
internal sealed class KitAssemblies : IDisposable
{
    private readonly HashSet<string> _known = [];
    private readonly List<AssemblyDependencyResolver> _resolvers = [];

    public KitAssemblies()
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += ResolveNative;
    }

    /// <summary>The loader that scripts share.</summary>
    public InteractiveAssemblyLoader Loader { get; } = new();

    /// <summary>The versions of the NuGet packages that the libraries loaded so far bring, as their <c>deps.json</c> files say.</summary>
    public Dictionary<string, string> PackageVersions { get; } = new(StringComparer.OrdinalIgnoreCase);

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
        FirstPath(r => r.ResolveAssemblyToPath(name)) is { } path ? context.LoadFromAssemblyPath(path) : null;

    private nint ResolveNative(Assembly assembly, string name) =>
        FirstPath(r => r.ResolveUnmanagedDllToPath(name)) is { } path ? NativeLibrary.Load(path) : 0;

    private string? FirstPath(Func<AssemblyDependencyResolver, string?> path) => _resolvers.Select(path).FirstOrDefault(p => p is not null);
}
