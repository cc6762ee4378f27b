using System.Runtime.InteropServices;

namespace ResearchKit.Cli;

internal static class InfoCommand
{
    /// <summary>The processor: architecture, its maker's name for it where the system tells it, cores.</summary>
    public static string Cpu => $"{RuntimeInformation.ProcessArchitecture}{(Model is { Length: > 0 } name ? $" ({name})" : "")}, " +
        $"{Environment.ProcessorCount} cores";

    private static string? Model => File.Exists(LinuxProcessors)
        ? File.ReadLines(LinuxProcessors).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[^1].Trim()
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER"); // Windows

    private const string LinuxProcessors = "/proc/cpuinfo";

    /// <summary>libtorch's version.</summary>
    public static string Libtorch(NativeRuntimeInfo loaded) =>
        loaded.PyTorchVersion ?? NativeRuntimeInfo.PackagedLibtorchVersion;

    public static Command Create()
    {
        var command = new Command("info",
            "Loads libtorch and prints what this machine offers: versions, where libtorch is from, CPU, GPU.");
        command.SetAction(_ =>
        {
            var loaded = NativeRuntime.EnsureLoaded();
            Console.WriteLine($"ResearchKit  {typeof(NativeRuntime).Assembly.GetName().Version!.ToString(3)}, TorchSharp " +
                $"{NativeRuntimeInfo.TorchSharpVersion}, .NET {Environment.Version}");
            Console.WriteLine($"libtorch     {Libtorch(loaded)} in {loaded.LibtorchFolder}");
            var repaired = "TorchSharp's library was repaired in memory: libstdc++ here is older than GCC 13's";
            Console.WriteLine($"loading      {(loaded.Repaired ? repaired : "as shipped")}");
            Console.WriteLine($"CPU          {Cpu}, {CpuThreads.Default} threads used by default");
            if (loaded.CachesHidden)
            {
                var outcome = loaded.ConvolutionLimit is not { } limit ? "repaired in memory"
                    : $"limited to {limit}, {(loaded.ConvolutionsMayBeWrong ? "and may be WRONG" : "right but slow")}";
                Console.WriteLine($"convolutions {outcome}: this virtual machine hides the processor's caches (environment.md)");
            }

            var missing = ComputeDevice.CudaProblem;
            var gpu = missing is null ? $"{TorchSharp.torch.cuda.device_count()} CUDA device(s)" : "none: " + missing;
            Console.WriteLine($"GPU          {gpu}");
            return 0;
        });
        return command;
    }
}
