using System.Globalization;
using System.Runtime.InteropServices;
using ResearchKit.Runtime;
using TorchSharp;

namespace ResearchKit.Interactive;

/// <summary>What a notebook runs on.</summary>
/// <param name="Kit">ResearchKit's version.</param>
/// <param name="TorchSharp">TorchSharp's version.</param>
/// <param name="Libtorch">libtorch's version and where it is from: the package or a PyTorch.</param>
/// <param name="Cpu">Processor architecture, cores, and the threads that the kit uses by default.</param>
/// <param name="Gpu">The CUDA devices, or why there are none.</param>
public sealed record MachineReport(string Kit, string TorchSharp, string Libtorch, string Cpu, string Gpu)
{
    /// <inheritdoc/>
    public override string ToString() => $"ResearchKit {Kit} · TorchSharp {TorchSharp} · libtorch {Libtorch} · {Cpu} · {Gpu}";

    internal static MachineReport Of(NativeRuntimeInfo loaded)
    {
        var libtorch = loaded.PyTorchVersion is { } version ? $"{version} of a PyTorch" : NativeRuntimeInfo.PackagedLibtorchVersion;
        var gpu = ComputeDevice.CudaProblem is null
            ? string.Create(CultureInfo.InvariantCulture, $"{torch.cuda.device_count()} CUDA device(s)")
            : loaded.CudaProblem is null ? "no CUDA device answers" : "no GPU";
        return new MachineReport(
            typeof(NativeRuntime).Assembly.GetName().Version!.ToString(3),
            NativeRuntimeInfo.TorchSharpVersion,
            libtorch,
            string.Create(CultureInfo.InvariantCulture,
                $"{RuntimeInformation.ProcessArchitecture} with {Environment.ProcessorCount} cores, {CpuThreads.Default} used"),
            gpu);
    }
}
