using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>Time from the start of the process to the first tensor.</summary>
internal static class FirstTensor
{
    public static Command Command()
    {
        var command = new Command("first-tensor", "Milliseconds from process start to the first tensor.");
        command.SetAction(_ => Run());
        return command;
    }

    private static void Run()
    {
        var loaded = NativeRuntime.EnsureLoaded();
        using var first = ones(1);
        var elapsed = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"first tensor after {elapsed.TotalMilliseconds:0} ms (sum {first.sum().item<float>()}), TorchSharp's library repaired in " +
            $"memory: {loaded.Repaired}"));
    }
}
