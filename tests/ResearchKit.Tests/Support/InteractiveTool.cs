using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResearchKit.Support;

/// <summary>.NET Interactive's own kernel, started as VS Code starts it: commands and events are lines of JSON.</summary>
internal sealed class InteractiveTool : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly Lazy<string?> s_missing = new(Restore);
    private readonly Process _process;
    private int _commands;

    /// <summary>Starts the tool of <c>.config/dotnet-tools.json</c>; skips the test where it cannot be had.</summary>
    /// <param name="folder">The folder that notebooks are in.</param>
    public InteractiveTool(string folder)
    {
        if (s_missing.Value is { } why)
        {
            Assert.Skip(why);
        }

        var start = new ProcessStartInfo(DotnetHost.FullPath, ["dotnet-interactive", "stdio", "--default-kernel", "csharp"])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        ProgramRun.MakeFrugal(start);
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        _process = Process.Start(start)!;
    }

    /// <summary>Runs a cell.</summary>
    /// <returns>An error or null, what was shown (a list of MIME types for each value), and whether it printed.</returns>
    public (string? Error, List<string[]> Shown, bool Printed) Run(string code)
    {
        var token = $"cell{++_commands}";
        var command = new JsonObject { ["code"] = code, ["targetKernelName"] = "csharp" };
        _process.StandardInput.WriteLine(
            new JsonObject { ["token"] = token, ["commandType"] = "SubmitCode", ["command"] = command }.ToJsonString());
        var (error, shown, printed) = ((string?)null, new List<string[]>(), false);
        while (true)
        {
            var read = _process.StandardOutput.ReadLineAsync();
            var line = read.Wait(Limit) ? read.Result
                : throw new TimeoutException($"No event for {Limit.TotalMinutes} minutes after:\n{code}");
            if (line is null)
            {
                return ("the kernel has ended", shown, printed);
            }

            if (!line.StartsWith('{') || JsonSerializer.Deserialize<JsonNode>(line) is not { } message)
            {
                continue;
            }

            var (kind, data) = ((string?)message["eventType"], message["event"]);
            switch (kind)
            {
                case "DisplayedValueProduced" or "ReturnValueProduced":
                    shown.Add([.. data!["formattedValues"]!.AsArray().Select(v => (string)v!["mimeType"]!)]);
                    break;
                case "StandardOutputValueProduced":
                    printed = true;
                    break;
                case "StandardErrorValueProduced" or "ErrorProduced":
                    error ??= line;
                    break;
                case "CommandFailed" or "CommandSucceeded" when $"{message["command"]?["token"]}" == token:
                    error = kind == "CommandFailed" ? $"{data?["message"]}" : error;
                    return (error, shown, printed);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string? Restore()
    {
        var restored = ProgramRun.Dotnet(Repository.Root, "tool", "restore");
        return restored.ExitCode == 0 ? null
            : $"dotnet tool restore did not get .NET Interactive: {(restored.Error + restored.Output).Trim().Split('\n')[0]}";
    }
}
