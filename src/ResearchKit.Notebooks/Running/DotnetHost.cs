using System.Runtime.InteropServices;

namespace ResearchKit;

/// <summary>The <c>dotnet</c> that runs this process, for its children. The command line and the tests link this file.</summary>
internal static class DotnetHost
{
    /// <summary>Its full path, or its bare name where this process has a runtime of its own.</summary>
    public static string FullPath
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            var path = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
            return File.Exists(path) ? path : name;
        }
    }
}
