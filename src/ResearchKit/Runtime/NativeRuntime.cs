using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ResearchKit.Runtime;

/// <summary>Finds and loads libtorch and TorchSharp's native library, once a process, before the first tensor.</summary>
/// <remarks>
/// Call <see cref="EnsureLoaded"/> before anything touches <c>torch</c>: TorchSharp's own loader would otherwise fail where libstdc++ is
/// older than GCC 13's, or copy half a gigabyte. The libraries are loaded by full path, and TorchSharp's later look-ups match by their
/// names.
/// </remarks>
public static partial class NativeRuntime
{
    private const string YoungestVersion = "GLIBCXX_3.4.32";
    private static readonly string[] SpinVariables = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"];
    private static readonly Lock Gate = new();
    private static NativeRuntimeInfo? s_loaded;
    private static NativeRuntimeException? s_failure;

    /// <summary>Loads the native libraries, or returns at once when they are loaded.</summary>
    /// <returns>What was loaded and from where.</returns>
    /// <exception cref="NativeRuntimeException">Nothing suitable was found, or the loader refused it; says what was tried and what to
    /// do.</exception>
    public static NativeRuntimeInfo EnsureLoaded()
    {
        lock (Gate)
        {
            if (s_failure is not null)
            {
                throw s_failure;
            }

            try
            {
                return s_loaded ??= Load(LibtorchLocator.ForThisProcess());
            }
            catch (NativeRuntimeException e)
            {
                s_failure = e;
                throw;
            }
        }
    }

    internal static NativeRuntimeInfo Load(LibtorchLocator locator)
    {
        var folder = locator.FindLibtorchFolder()
            ?? throw NotFound($"libtorch ({LibtorchLocator.FileName("torch_cpu")})", LibtorchLocator.LibtorchPackage, locator);
        var torchSharp = locator.FindLibTorchSharp()
            ?? throw NotFound($"TorchSharp's native library ({LibtorchLocator.FileName("LibTorchSharp")})",
                LibtorchLocator.TorchSharpPackage, locator);
        try
        {
            LetThreadsSleep();

            // Each library finds its own dependencies through its run path; the order makes the names known before they are looked up.
            LoadFrom(folder, "c10");
            LoadFrom(folder, "torch_cpu");
            var cudaProblem = LoadCuda(folder);
            LoadFrom(folder, "torch");
            string? limit = null;
            if (HiddenCaches.AreHere)
            {
                limit = HiddenCaches.Mend(Path.Combine(folder, LibtorchLocator.FileName("torch_cpu")));
                HiddenCaches.Quiet(folder);
            }

            var (library, repaired) = LoadTorchSharp(torchSharp);
            FreedScalars.Hold(library);
            SkiaLibrary.Register();
            return new NativeRuntimeInfo(folder, torchSharp, repaired, cudaProblem, HiddenCaches.AreHere, limit);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException or InvalidDataException)
        {
            throw new NativeRuntimeException(
                $"libtorch was found in {folder} but did not load: {e.Message}{Environment.NewLine}Check that it is a 64-bit libtorch of " +
                $"version 2.10 for this operating system; delete the package from the NuGet cache and run `dotnet restore` if a file is " +
                $"damaged, or set {LibtorchLocator.FolderVariable} to another folder.", e);
        }
    }

    /// <summary>A function of libtorch that TorchSharp does not reach, by its name in the library of Linux and macOS.</summary>
    /// <param name="folder">The folder of libtorch, which is loaded already.</param>
    /// <param name="name">The mangled name.</param>
    /// <returns>Its address; 0 where this libtorch has none of this name, as on Windows.</returns>
    internal static nint TorchFunction(string folder, string name) => NativeLibrary.TryGetExport(
        NativeLibrary.Load(Path.Combine(folder, LibtorchLocator.FileName("torch_cpu"))), name, out var address) ? address : 0;

    // Threads that wait for the next operation turn in a loop for a while by default, and take the cores from those that work when the
    // machine is busy (tests/ResearchKit.Benchmarks/README.md, "Threads that wait"). OpenMP's library reads this when it is loaded.
    private static void LetThreadsSleep()
    {
        if (!SpinVariables.Any(v => Environment.GetEnvironmentVariable(v) is { Length: > 0 }))
        {
            NativeEnvironment.Set(SpinVariables[0], "PASSIVE");
        }
    }

    private static void LoadFrom(string folder, string name)
    {
        var path = Path.Combine(folder, LibtorchLocator.FileName(name));
        if (File.Exists(path))
        {
            NativeLibrary.Load(path);
        }
    }

    // A CUDA build also runs without a GPU driver, so a refusal here is remembered and told, not thrown.
    private static string? LoadCuda(string folder)
    {
        if (!File.Exists(Path.Combine(folder, LibtorchLocator.FileName("torch_cuda"))))
        {
            return $"{folder} holds a libtorch for the CPU only";
        }

        try
        {
            LoadFrom(folder, "c10_cuda");
            LoadFrom(folder, "torch_cuda");
            return null;
        }
        catch (DllNotFoundException e)
        {
            return "the CUDA libraries did not load: " + e.Message;
        }
    }

    private static (nint Library, bool Repaired) LoadTorchSharp(string path)
    {
        try
        {
            return (NativeLibrary.Load(path), false);
        }
        catch (DllNotFoundException e) when (OperatingSystem.IsLinux() && e.Message.Contains(YoungestVersion, StringComparison.Ordinal))
        {
            return (LoadFromMemory(ElfVersionRepair.MakeWeak(File.ReadAllBytes(path), YoungestVersion), Path.GetFileName(path)), true);
        }
    }

    // Through an anonymous file of Linux: nothing is written to disk. Later look-ups by the library's SONAME find it.
    private static nint LoadFromMemory(byte[] library, string name)
    {
        var descriptor = CreateMemoryFile(name, 0);
        if (descriptor < 0)
        {
            throw new IOException($"memfd_create failed with error {Marshal.GetLastPInvokeError()}.");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, library, 0);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);

    private static NativeRuntimeException NotFound(string what, string package, LibtorchLocator locator)
    {
        var cure = locator.ExplicitFolder is null
            ? $"To mend this, {NuGetPackages.Cure(locator.Recorded, package)}" +
                (NuGetPackages.ArePacked(locator.Recorded) ? ", or reference that package in the project or the notebook" : "") +
                $"; or set {LibtorchLocator.FolderVariable} to a folder with libtorch 2.10 (for example torch/lib of a PyTorch 2.10)."
            : $"Set {LibtorchLocator.FolderVariable} to a folder that holds {LibtorchLocator.FileName("torch_cpu")} (for example " +
                $"torch/lib of a PyTorch 2.10), or unset it to use the NuGet package.";
        return new NativeRuntimeException(
            $"{what} was not found. Tried:{Environment.NewLine}{locator.DescribePlaces()}{Environment.NewLine}{cure}");
    }
}

/// <summary>What <see cref="NativeRuntime.EnsureLoaded"/> loaded.</summary>
/// <param name="LibtorchFolder">The folder that libtorch came from.</param>
/// <param name="LibTorchSharpPath">The file of TorchSharp's native library.</param>
/// <param name="Repaired">True where that library was loaded from a repaired copy in memory because libstdc++ is older than it asks
/// for.</param>
/// <param name="CudaProblem">Null when the CUDA libraries loaded; else why they did not.</param>
/// <param name="CachesHidden">True on a virtual machine that hides the caches of its AMD processor, on which libtorch's convolutions would
/// be wrong: they were repaired in memory, or limited.</param>
/// <param name="ConvolutionLimit">The instructions that oneDNN may use there: SSE41, with which convolutions are right and slow, where this
/// libtorch could not be repaired; or what <c>ONEDNN_MAX_CPU_ISA</c> says. Null where it needs no limit.</param>
public sealed record NativeRuntimeInfo(
    string LibtorchFolder, string LibTorchSharpPath, bool Repaired, string? CudaProblem, bool CachesHidden,
    string? ConvolutionLimit)
{
    /// <summary>True where a limit of the user's own lets oneDNN use instructions whose convolutions are wrong on this machine.</summary>
    public bool ConvolutionsMayBeWrong => ConvolutionLimit is not (null or HiddenCaches.Safe);

    private static readonly Dictionary<string, string> Build = NuGetPackages.Recorded(typeof(NativeRuntimeInfo).Assembly);

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

/// <summary>A native library (libtorch, TorchSharp's or SkiaSharp's) could not be found or loaded.</summary>
/// <param name="message">One readable text: what failed, every place tried, what to do.</param>
/// <param name="innerException">The loader's own error, if there was one.</param>
public sealed class NativeRuntimeException(string message, Exception? innerException = null) : Exception(message, innerException);
