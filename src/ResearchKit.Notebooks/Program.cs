using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ResearchKit;
using ResearchKit.Notebooks.Commands;

Console.OutputEncoding = Encoding.UTF8;
if (args is [WorkerProcess.Verb, var pipe])
{
    return await WorkerLoop.RunAsync(pipe);
}

// `researchkit notebook` hands its arguments over as they are: help and errors name the command that was typed.
var notebook = NotebookCommands.Create(out var details);
var root = new Command("researchkit") { notebook, new HelpOption { Action = new DetailedHelp(details) } };
try
{
    // Time to end the cells' process and to write what there is, after Ctrl-C.
    var end = TimeSpan.FromSeconds(20);
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = end };
    var parsed = root.Parse(["notebook", .. args]);
    if (parsed.Action is ParseErrorAction)
    {
        var command = parsed.CommandResult.Command == notebook ? "notebook" : "notebook " + parsed.CommandResult.Command.Name;
        var errors = string.Join(' ', parsed.Errors.Select(e => e.Message));
        Console.Error.WriteLine($"error: {errors} `researchkit {command} --help` tells more.");
        return ExitCode.Usage;
    }

    return await parsed.InvokeAsync(configuration);
}
catch (Exception e) when (e is UsageException or NotebookFileException or IOException or UnauthorizedAccessException
    or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine("error: " + e.Message);
    return e is UsageException ? ExitCode.Usage : ExitCode.Failed;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted before the first cell ran");
    return ExitCode.Interrupted;
}
