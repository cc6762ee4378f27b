using System.Runtime.Intrinsics.X86;

namespace ResearchKit.Runtime;

/// <summary>Keeps convolutions right on a virtual machine that hides the caches of its AMD processor.</summary>
/// <remarks>
/// oneDNN, which libtorch's convolutions run on, reads an AMD processor's cache sizes from CPUID leaf 0x8000001D. Where all its fields are
/// 0 it reckons with caches of a byte, and then drops data where it lays out tensors whose channels are no multiple of a block: images with
/// 3 channels give wrong gradients or NaN. Seen with oneDNN 3.7.1 of libtorch 2.10; the same fault on ARM is oneDNN's issue 5313. The cure
/// is <see cref="CacheReadingRepair"/>. Where it does not fit, oneDNN is limited to SSE4.1: with AVX2 or AVX as the limit some convolutions
/// stayed wrong, with SSE4.1 none was (HiddenCachesTests compares with float64), and all are slower.
/// </remarks>
internal static class HiddenCaches
{
    /// <summary>The instructions that convolutions are right with, whatever oneDNN reckons with.</summary>
    public const string Safe = "SSE41";

    private const uint CacheLeaf = 0x8000001D;
    private static readonly string[] Variables = ["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"];

    /// <summary>True where the processor is AMD's and describes no cache.</summary>
    public static bool AreHere => X86Base.IsSupported && AreHidden(leaf => X86Base.CpuId((int)leaf, 0));

    /// <summary>Must run after libtorch was loaded and before the first convolution of the process, where <see cref="AreHere"/>. A limit
    /// that the user has set stays, and then nothing is repaired.</summary>
    /// <param name="library">The path of libtorch_cpu.</param>
    /// <returns>The limit that is in force; null where libtorch was repaired and needs none.</returns>
    public static string? Mend(string library)
    {
        if (OfUser(Environment.GetEnvironmentVariable) is { } own)
        {
            return own;
        }

        if (CacheReadingRepair.TryApply(library))
        {
            return null;
        }

        NativeEnvironment.Set(Variables[0], Safe);
        return Safe;
    }

    /// <summary>Switches NNPACK off where caches are hidden: it cannot start there, and libtorch would warn at each convolution.</summary>
    /// <param name="folder">The folder of libtorch, which is loaded.</param>
    public static unsafe void Quiet(string folder)
    {
        if (NativeRuntime.TorchFunction(folder, "_ZN2at13globalContextEv") is var context and not 0
            && NativeRuntime.TorchFunction(folder, "_ZN2at7Context20setUserEnabledNNPACKEb") is var switchNnpack and not 0)
        {
            ((delegate* unmanaged<nint, byte, void>)switchNnpack)(((delegate* unmanaged<nint>)context)(), 0);
        }
    }

    /// <param name="cpuId">The CPUID instruction: a leaf to its registers.</param>
    internal static bool AreHidden(Func<uint, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        var maker = cpuId(0);
        var amd = (maker.Ebx, maker.Edx, maker.Ecx) == (0x68747541, 0x69746E65, 0x444D4163); // "Auth", "enti", "cAMD"
        return amd && ((uint)cpuId(0x80000000).Eax < CacheLeaf || (cpuId(CacheLeaf).Eax & 0x1F) == 0);
    }

    /// <summary>The limit that the user has set, in the order in which oneDNN looks for it; null for none.</summary>
    internal static string? OfUser(Func<string, string?> variable) =>
        Variables.Select(variable).FirstOrDefault(v => !string.IsNullOrEmpty(v));
}
