namespace ResearchKit.Runtime;

/// <summary>What <see cref="NativeRuntime.EnsureLoaded"/> loaded.</summary>
/// <param name="LibtorchFolder">The folder that libtorch came from.</param>
/// <param name="LibTorchSharpPath">The file of TorchSharp's native library.</param>
/// <param name="Repaired">True where that library was loaded from a repaired copy in memory because libstdc++ is older than it asks
/// for.</param>
/// <param name="CudaProblem">Null when the CUDA libraries loaded; else why they did not.</param>
public sealed record NativeRuntimeInfo(string LibtorchFolder, string LibTorchSharpPath, bool Repaired, string? CudaProblem)
{
    private static readonly Dictionary<string, string> Build = LibtorchLocator.BuildMetadata(typeof(NativeRuntimeInfo).Assembly);

    /// <summary>The version of the libtorch package that the kit was built for.</summary>
    public static string PackagedLibtorchVersion => Build["LibtorchVersion"];

    /// <summary>The version of TorchSharp that the kit was built with.</summary>
    public static string TorchSharpVersion => Build["TorchSharpVersion"];

    /// <summary>The version in PyTorch's own <c>version.py</c> beside the folder, or null where the libraries come from a
    /// package.</summary>
    public string? PyTorchVersion
    {
        get
        {
            var file = Path.Combine(LibtorchFolder, "..", "version.py");
            var line = File.Exists(file)
                ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("__version__", StringComparison.Ordinal))
                : null;
            return line?.Split('=', 2)[1].Trim(' ', '\'', '"');
        }
    }
}
