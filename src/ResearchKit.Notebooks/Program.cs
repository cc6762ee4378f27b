using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using ResearchKit;
using ResearchKit.Notebooks.Commands;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Running;

Console.OutputEncoding = Encoding.UTF8;
if (args is [WorkerProcess.Verb, var pipe])
{
    return await WorkerLoop.RunAsync(pipe).ConfigureAwait(false);
}

// `researchkit notebook` hands its arguments over as they are: help and errors name the command that was typed.
var options = new NotebookOptions();
var (check, publish) = (CheckCommand.Create(options), PublishCommand.Create(options));
var notebook = new Command("notebook", "Runs, checks and publishes .ipynb notebooks with C# cells.") { RunCommand.Create(options), check, publish };
notebook.Options.Add(options.WatchInput);
var root = new Command("researchkit") { notebook };
root.Options.Add(new HelpOption { Action = new DetailedHelp(new Dictionary<Command, string> { [check] = CheckCommand.Details, [publish] = PublishCommand.Details }) });
try
{
    // Time to end the cells' process and to write what there is, after Ctrl-C.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) };
    var parsed = root.Parse(["notebook", .. args]);
    if (parsed.Action is ParseErrorAction)
    {
        var command = parsed.CommandResult.Command == notebook ? "notebook" : "notebook " + parsed.CommandResult.Command.Name;
        Console.Error.WriteLine($"error: {string.Join(' ', parsed.Errors.Select(e => e.Message))} `researchkit {command} --help` tells more.");
        return ExitCode.Usage;
    }

    return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
}
catch (UsageException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return ExitCode.Usage;
}
catch (Exception e) when (e is NotebookFileException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine("error: " + e.Message);
    return ExitCode.Failed;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted before the first cell ran");
    return ExitCode.Interrupted;
}
