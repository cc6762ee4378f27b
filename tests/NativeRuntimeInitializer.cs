using System.Runtime.CompilerServices;
using ResearchKit.Runtime;

namespace ResearchKit;

internal static class NativeRuntimeInitializer
{
#pragma warning disable CA2255 // A program may have a module initializer; only libraries should not.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Load()
    {
        try
        {
            NativeRuntime.EnsureLoaded();
        }
        catch (NativeRuntimeException)
        {
            // Remembered by NativeRuntime and thrown, readable, from the first call that needs libtorch.
        }
    }
}
