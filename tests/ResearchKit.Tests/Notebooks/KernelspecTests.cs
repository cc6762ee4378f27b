using System.Diagnostics;
using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

/// <summary>The kernel that `notebook kernelspec` installs, with a script in .NET Interactive's place.</summary>
[Collection<NotebookPrograms>]
public sealed class KernelspecTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_interrupt_reaches_the_pipe_and_not_the_tool()
    {
        Signals.Require();
        var tool = Tool("""
            #!/bin/sh
            echo "$1 $2 $3 $4 is $$"
            head -c 1 "$RESEARCHKIT_INTERRUPT" # as the kit does: waits until something is written
            echo " was read"
            head -c 1 "$RESEARCHKIT_INTERRUPT"
            echo " again"
            exec sleep 600
            """);
        Assert.Equal(0, Install(tool).ExitCode);
        var spec = JsonNode.Parse(File.ReadAllText(_folder["jupyter/kernels/.net-csharp/kernel.json"]))!;
        Assert.Equal(".NET (C#)", (string?)spec["display_name"]);
        Assert.Equal("signal", (string?)spec["interrupt_mode"]);
        var line = spec["argv"]!.AsArray().Select(a => ((string)a!)
            .Replace("{resource_dir}", _folder["jupyter/kernels/.net-csharp"], StringComparison.Ordinal)
            .Replace("{connection_file}", "/connection.json", StringComparison.Ordinal)).ToList();

        using var kernel = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true })!;
        var started = kernel.StandardOutput.ReadLine()!;
        Assert.StartsWith("jupyter --default-kernel csharp /connection.json is ", started, StringComparison.Ordinal);
        using var process = Process.GetProcessById(
            int.Parse(started.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            Assert.Equal("i was read", AfterInterrupts(kernel, process));
            Assert.Equal("i again", AfterInterrupts(kernel, process));
            Signals.Send(kernel, Signals.Terminate);
            Assert.True(kernel.WaitForExit(TimeSpan.FromMinutes(5)));
            Signals.AssertEnds(process.Id);
        }
        finally
        {
            process.Kill(); // nothing happens where it has ended
        }
    }

    [Fact]
    public void Without_the_tool_the_message_says_how_to_get_it()
    {
        var run = Install(_folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("dotnet tool install -g Microsoft.dotnet-interactive --prerelease", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    // Jupyter's signal goes to the script and to the tool. What nobody reads yet is lost, so it is sent until it was seen.
    private static string AfterInterrupts(Process kernel, Process tool)
    {
        var line = kernel.StandardOutput.ReadLineAsync();
        Assert.True(SpinWait.SpinUntil(() =>
        {
            Signals.Send(tool, Signals.Interrupt);
            Signals.Send(kernel, Signals.Interrupt);
            return line.Wait(200);
        }, TimeSpan.FromMinutes(5)));
        return line.Result!;
    }

    private string Tool(string script)
    {
        Directory.CreateDirectory(_folder["tools"]);
        File.WriteAllText(_folder["tools/dotnet-interactive"], script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["tools/dotnet-interactive"],
                UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        return _folder["tools"];
    }

    private ProgramRun Install(string path) => ProgramRun.ResearchKit(_folder.Path, new Dictionary<string, string>
    {
        ["PATH"] = path, ["HOME"] = _folder.Path, ["JUPYTER_DATA_DIR"] = _folder["jupyter"],
    }, "notebook", "kernelspec");
}
