using System.CommandLine;
using ResearchKit.Notebooks;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Running;

var pipe = new Argument<string>("pipe");
var cells = new Command("cells", "Runs cells that come through a pipe; started by `run`.") { pipe };
cells.Hidden = true;
cells.SetAction((parsed, _) => WorkerLoop.RunAsync(parsed.GetValue(pipe)!));

var root = new RootCommand("Runs .ipynb notebooks with C# cells.") { RunCommand.Create(), cells };
try
{
    // Time to end the cells' process and to write what there is, after Ctrl-C.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) }).ConfigureAwait(false);
}
catch (Exception e) when (e is NotebookFileException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine("error: " + e.Message);
    return ExitCode.BadInput;
}
