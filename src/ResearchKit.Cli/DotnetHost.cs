using System.Runtime.InteropServices;

namespace ResearchKit.Cli;

/// <summary>The <c>dotnet</c> that runs this process, for its children.</summary>
internal static class DotnetHost
{
    /// <summary>Its full path, or its bare name where this process has a runtime of its own.</summary>
    public static string Path
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
            return File.Exists(path) ? path : name;
        }
    }
}
