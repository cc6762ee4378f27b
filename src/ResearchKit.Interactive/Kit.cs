using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ResearchKit.Runtime;

// A notebook references this assembly alone. Through a reference in its metadata a cell's compiler finds the experiments too.
[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(ResearchKit.Experiments.Options.ExperimentOptions))]

namespace ResearchKit.Interactive;

/// <summary>The first call of every notebook.</summary>
public static class Kit
{
    private static bool s_started;

    /// <summary>Loads libtorch, registers how the kit's values show themselves, reports on the machine; again, it only reports.</summary>
    /// <returns>A report that shows itself as one line.</returns>
    /// <exception cref="NativeRuntimeException">libtorch was not found or did not load; says what was tried and what to do.</exception>
    public static MachineReport Start()
    {
        var loaded = NativeRuntime.EnsureLoaded();
        if (!s_started)
        {
            // Before the first chart: Plotly.NET asks for a newer FSharp.Core than .NET Interactive carries, whose copy is the one loaded.
            AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == "FSharp.Core"
                ? AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == name.Name)
                : null;
            RegisterFormatters();
            if (InteractiveKernel.Hosts)
            {
                InteractiveKernel.Join();
            }

            AppContext.SetData("ResearchKit.Notebooks.Watch", (Func<Func<string?>>)(() => new LiveTensors().Notice));
            s_started = true;
        }

        return MachineReport.Of(loaded);
    }

    // A host without the formatting library, as a plain C# script or a console program, shows values as texts.
    private static void RegisterFormatters()
    {
        try
        {
            KitFormatters.Register();
        }
        catch (FileNotFoundException e) when (e.FileName is { } name
            && name.StartsWith("Microsoft.DotNet.Interactive.Formatting,", StringComparison.Ordinal))
        {
            // Nothing in this program asks how values show themselves.
        }
    }
}

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

    internal static MachineReport Of(NativeRuntimeInfo loaded) => new(
        typeof(NativeRuntime).Assembly.GetName().Version!.ToString(3),
        NativeRuntimeInfo.TorchSharpVersion,
        loaded.PyTorchVersion is { } version ? $"{version} of a PyTorch" : NativeRuntimeInfo.PackagedLibtorchVersion,
        string.Create(CultureInfo.InvariantCulture,
            $"{RuntimeInformation.ProcessArchitecture} with {Environment.ProcessorCount} cores, {CpuThreads.Default} used"),
        ComputeDevice.CudaProblem is null ? string.Create(CultureInfo.InvariantCulture, $"{cuda.device_count()} CUDA device(s)")
            : loaded.CudaProblem is null ? "no CUDA device answers"
            : "no GPU");
}
