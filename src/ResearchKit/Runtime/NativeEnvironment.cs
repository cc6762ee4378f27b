using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Environment variables for native libraries.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable for .NET and for native code. On Unix .NET keeps a copy of the environment, and a native library reads
    /// the C library's own.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetNative(name, value, overwrite: 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
