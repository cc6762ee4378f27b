using System.Runtime.Loader;
using ResearchKit.Runtime;

namespace ResearchKit.Interactive;

/// <summary>The first call of every notebook.</summary>
public static class Kit
{
    private static bool s_started;

    /// <summary>Loads libtorch, teaches the kernel how the kit's values show themselves, and reports on the machine. Calling it again only
    /// reports.</summary>
    /// <returns>A report that shows itself as one line.</returns>
    /// <exception cref="NativeRuntimeException">libtorch was not found or did not load; says what was tried and what to do.</exception>
    public static MachineReport Start()
    {
        var loaded = NativeRuntime.EnsureLoaded();
        if (!s_started)
        {
            // Before the first chart: Plotly.NET asks for a newer FSharp.Core than .NET Interactive carries, and that one's copy is the one
            // loaded.
            AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == "FSharp.Core"
                ? AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == name.Name)
                : null;
            KitFormatters.Register();
            s_started = true;
        }

        return MachineReport.Of(loaded);
    }
}
