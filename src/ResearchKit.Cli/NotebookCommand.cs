using System.Diagnostics;

namespace ResearchKit.Cli;

internal static class NotebookCommand
{
    private const string Name = "notebook";
    private const string LibtorchVariable = "RESEARCHKIT_LIBTORCH";

    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "run, check, publish, export, assign or kernelspec, and their own; `researchkit notebook --help` tells.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(Name, "Runs, checks, publishes and exports notebooks without an editor.") { arguments };
        command.SetAction((parsed, cancellation) => RunHostAsync(parsed.GetValue(arguments)!, cancellation));
        return command;
    }

    /// <summary>Marks what follows <c>notebook</c> as the host's to read, options and <c>--help</c> among it.</summary>
    public static string[] Marked(string[] line) => line is [Name, .. var rest] ? [Name, "--", .. rest] : line;

    private static async Task<int> RunHostAsync(string[] arguments, CancellationToken cancellation)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "notebook-host", "ResearchKit.Notebooks.dll");
        if (!File.Exists(host))
        {
            throw new FileNotFoundException($"The notebook host is not there: {host}. Run `dotnet build` in the checkout; a " +
                $"self-contained publish of this tool runs no notebooks.");
        }

        // The host ends its cells and writes what there is when its input ends: after Ctrl-C, after SIGTERM, and when this process dies.
        string[] line = [host, EndOfInput.Option.Name, .. arguments];
        var start = new ProcessStartInfo(DotnetHost.FullPath, line) { RedirectStandardInput = true };
        if (Environment.GetEnvironmentVariable(LibtorchVariable) is { Length: > 0 } libtorch)
        {
            start.Environment[LibtorchVariable] = Path.GetFullPath(libtorch); // cells run in the notebook's folder
        }

        using var process = Process.Start(start)!;
        await using var stop = cancellation.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode;
    }
}
