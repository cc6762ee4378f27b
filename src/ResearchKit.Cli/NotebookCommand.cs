using System.CommandLine;
using System.Diagnostics;

namespace ResearchKit.Cli;

/// <summary><c>researchkit notebook run FILE ...</c>: starts the notebook host and hands its exit code on.</summary>
internal static class NotebookCommand
{
    private const string LibtorchVariable = "RESEARCHKIT_LIBTORCH";

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The notebook, an .ipynb file with C# cells." };
        var parameters = new Option<string[]>("-p", "--parameter") { Description = "name=value for a variable of the cell tagged 'parameters'; may be repeated.", DefaultValueFactory = _ => [] };
        var folder = new Option<string?>("--out") { Description = "Folder for the executed .ipynb and the .html. [default: artifacts/notebooks in the checkout]" };
        var timeout = new Option<string?>("--timeout") { Description = "Seconds that one cell may run. [default: 3600]" };
        var pictures = new Option<bool>("--chart-pictures") { Description = "Adds a PNG to every chart, drawn by the Chromium, Chrome or Edge of this machine; for notebooks to be committed." };
        var run = new Command("run", "Runs a notebook from top to bottom and writes it with its outputs, as .ipynb and as a self-contained .html.") { file, parameters, folder, timeout, pictures };
        run.SetAction((parsed, cancellation) =>
        {
            List<string> arguments = ["run", parsed.GetValue(file)!, "--stop-at-end-of-input", "--out", parsed.GetValue(folder) ?? DefaultFolder()];
            arguments.AddRange(parsed.GetValue(parameters)!.SelectMany(p => (string[])["-p", p]));
            arguments.AddRange(parsed.GetValue(timeout) is { } seconds ? ["--timeout", seconds] : []);
            arguments.AddRange(parsed.GetValue(pictures) ? ["--chart-pictures"] : []);
            return RunHostAsync(arguments, cancellation);
        });
        return new Command("notebook", "Run notebooks without an editor.") { run };
    }

    private static string DefaultFolder()
    {
        for (var folder = new DirectoryInfo(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ResearchKit.sln")))
            {
                return Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.Combine(folder.FullName, "artifacts", "notebooks"));
            }
        }

        return Path.Combine("artifacts", "notebooks");
    }

    private static async Task<int> RunHostAsync(List<string> arguments, CancellationToken cancellation)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "notebook-host", "ResearchKit.Notebooks.dll");
        if (!File.Exists(host))
        {
            throw new FileNotFoundException($"The notebook host is not there: {host}. Run `dotnet build` in the checkout; a self-contained publish of this tool runs no notebooks.");
        }

        var start = new ProcessStartInfo(DotnetHost.FullPath) { RedirectStandardInput = true };
        start.ArgumentList.Add(host);
        if (Environment.GetEnvironmentVariable(LibtorchVariable) is { Length: > 0 } libtorch)
        {
            start.Environment[LibtorchVariable] = Path.GetFullPath(libtorch); // cells run in the notebook's folder
        }

        arguments.ForEach(start.ArgumentList.Add);
        using var process = Process.Start(start)!;

        // The host ends its cells and writes what there is when its input ends: after Ctrl-C, after SIGTERM, and when this process dies.
        await using var stop = cancellation.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode;
    }
}
