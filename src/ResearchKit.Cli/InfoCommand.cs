using System.Runtime.InteropServices;

namespace ResearchKit.Cli;

internal static class InfoCommand
{
    public static Command Create()
    {
        var command = new Command("info",
            "Loads libtorch and prints what this machine offers: versions, where libtorch is from, CPU, GPU.");
        command.SetAction(_ =>
        {
            var loaded = NativeRuntime.EnsureLoaded();
            Console.WriteLine($"ResearchKit  {typeof(NativeRuntime).Assembly.GetName().Version!.ToString(3)}, TorchSharp " +
                $"{NativeRuntimeInfo.TorchSharpVersion}, .NET {Environment.Version}");
            Console.WriteLine($"libtorch     {loaded.PyTorchVersion ?? NativeRuntimeInfo.PackagedLibtorchVersion} in " +
                $"{loaded.LibtorchFolder}");
            var repaired = "TorchSharp's library was repaired in memory: libstdc++ here is older than GCC 13's";
            Console.WriteLine($"loading      {(loaded.Repaired ? repaired : "as shipped")}");
            Console.WriteLine($"CPU          {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, " +
                $"{CpuThreads.Default} threads used by default");
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
