using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ResearchKit.Runtime;

namespace ResearchKit.Experiments.Runs;

/// <summary>What a run was made with: versions, machine, revision of the sources.</summary>
internal static class RunEnvironment
{
    public static JsonObject Describe()
    {
        var environment = new JsonObject
        {
            ["researchKit"] = typeof(RunEnvironment).Assembly.GetName().Version!.ToString(3),
            ["revision"] = Revision(),
            ["torchSharp"] = NativeRuntimeInfo.TorchSharpVersion,
            ["libtorch"] = NativeRuntime.EnsureLoaded().PyTorchVersion ?? NativeRuntimeInfo.PackagedLibtorchVersion,
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
            ["processors"] = Environment.ProcessorCount,
        };
        if (NativeRuntime.EnsureLoaded().ConvolutionLimit is { } limit)
        {
            environment["convolutionLimit"] = limit; // another arithmetic, and a slower one
        }

        return environment;
    }

    // The sources may be no checkout, or git may be missing: then there is no revision, which is no error. A package knows its own; the
    // program that uses it may lie in the checkout of something else.
    private static string? Revision()
    {
        if (NuGetPackages.ArePacked(NuGetPackages.Recorded(typeof(NativeRuntime).Assembly)))
        {
            var version = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            return version?.Split('+') is [_, var commit] ? commit : null;
        }

        try
        {
            string[] arguments = ["-C", AppContext.BaseDirectory, "describe", "--always", "--dirty", "--abbrev=40"];
            using var git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
