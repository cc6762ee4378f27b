using System.CommandLine;
using System.Text;
using ResearchKit.Notebooks;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Running;

var pipe = new Argument<string>("pipe");
var cells = new Command("cells", "Runs cells that come through a pipe; started by `run`.") { pipe };
cells.Hidden = true;
cells.SetAction((parsed, _) => WorkerLoop.RunAsync(parsed.GetValue(pipe)!));

var root = new RootCommand("Runs .ipynb notebooks with C# cells.") { RunCommand.Create(), cells };
Console.OutputEncoding = Encoding.UTF8;
try
{
    // Time to end the cells' process and to write what there is, after Ctrl-C.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) };
    var parsed = root.Parse(args);
    var code = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    return parsed.Errors.Count > 0 ? ExitCode.BadInput : code;
}
catch (Exception e) when (e is NotebookFileException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine("error: " + e.Message);
    return ExitCode.BadInput;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted before the first cell ran");
    return ExitCode.Interrupted;
}
