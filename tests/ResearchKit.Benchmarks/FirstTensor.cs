using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Runtime;

namespace ResearchKit.Benchmarks;

/// <summary>Time from the start of the process to the first tensor.</summary>
internal static class FirstTensor
{
    public static Command Command()
    {
        var command = new Command("first-tensor", "Milliseconds from process start to the first tensor.");
        command.SetAction(_ =>
        {
            var loaded = NativeRuntime.EnsureLoaded();
            using var first = ones(1);
            var elapsed = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
            Console.WriteLine($"first tensor after {elapsed:0} ms (sum {first.sum().item<float>()}), " +
                $"TorchSharp's library repaired in memory: {loaded.Repaired}");
        });
        return command;
    }
}
