using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ResearchKit.Runtime;

/// <summary>Keeps convolutions right on a virtual machine that hides the caches of its AMD processor.</summary>
/// <remarks>
/// oneDNN, which libtorch's convolutions run on, asks such a processor for its cache sizes, gets 0, and then drops data where it lays out
/// tensors whose channels are no multiple of a block: images with 3 channels give wrong gradients or NaN. Seen with oneDNN 3.7.1 of
/// libtorch 2.10; the same fault on ARM is oneDNN's issue 5313. Without AVX it pads no layouts and is right, at half the speed or less.
/// </remarks>
internal static partial class HiddenCaches
{
    public const string Variable = "ONEDNN_MAX_CPU_ISA";
    private const uint CacheLeaf = 0x8000001D;

    /// <summary>Must run before the first convolution of the process. A limit that the user has set stays.</summary>
    /// <returns>True where this processor needs the limit.</returns>
    public static bool LimitConvolutions()
    {
        var hidden = X86Base.IsSupported && AreHidden(leaf => X86Base.CpuId((int)leaf, 0));
        if (hidden && Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "SSE41");
            if (!OperatingSystem.IsWindows())
            {
                // .NET keeps a copy of the environment on Unix; a native library reads the C library's own.
                _ = SetNative(Variable, "SSE41", overwrite: 0);
            }
        }

        return hidden;
    }

    /// <param name="cpuId">The CPUID instruction: a leaf to its registers.</param>
    internal static bool AreHidden(Func<uint, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        var maker = cpuId(0);
        var amd = (maker.Ebx, maker.Edx, maker.Ecx) == (0x68747541, 0x69746E65, 0x444D4163); // "Auth", "enti", "cAMD"
        return amd && (uint)cpuId(0x80000000).Eax >= CacheLeaf && (cpuId(CacheLeaf).Eax & 0x1F) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
