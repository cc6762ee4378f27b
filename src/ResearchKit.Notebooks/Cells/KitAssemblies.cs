using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Loads what cells reference with <c>#r</c> once, into the default context, with the dependencies beside it.</summary>
internal sealed class KitAssemblies : IDisposable
{
    private readonly HashSet<string> _known = [];
    private readonly List<AssemblyDependencyResolver> _resolvers = [];
    private readonly KitPackages _packages;

    public KitAssemblies(KitPackages packages)
    {
        _packages = packages;
        AssemblyLoadContext.Default.Resolving += Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += ResolveNative;
    }

    /// <summary>The loader that scripts share.</summary>
    public InteractiveAssemblyLoader Loader { get; } = new();

    /// <summary>Loads the libraries that a compiled cell names.</summary>
    public void Load(Compilation compilation)
    {
        foreach (var path in compilation.DirectiveReferences.Select(r => r.Display!).Where(_known.Add))
        {
            _resolvers.Add(new AssemblyDependencyResolver(path));
            _packages.Add(path);
            Loader.RegisterDependency(AssemblyLoadContext.Default.LoadFromAssemblyPath(path));
        }
    }

    public void Dispose()
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll -= ResolveNative;
        Loader.Dispose();
    }

    private Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        _resolvers.Select(r => r.ResolveAssemblyToPath(name)).FirstOrDefault(p => p is not null) is { } path
            ? context.LoadFromAssemblyPath(path)
            : null;

    private nint ResolveNative(Assembly assembly, string name) =>
        _resolvers.Select(r => r.ResolveUnmanagedDllToPath(name)).FirstOrDefault(p => p is not null) is { } path
            ? System.Runtime.InteropServices.NativeLibrary.Load(path)
            : 0;
}
