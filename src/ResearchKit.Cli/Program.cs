using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using ResearchKit.Cli;
using ResearchKit.Data;
using ResearchKit.Runtime;

Console.OutputEncoding = Encoding.UTF8;
var root = new Command("researchkit", "GAN research in .NET.") { NotebookCommand.Create(), DataCommand.Create(), NetworkCommand.Create(), MetricsCommand.Create(), StatsCommand.Create(), InfoCommand.Create() };
root.Options.Add(new HelpOption());
root.Options.Add(new VersionOption());
try
{
    // A notebook run needs time, after Ctrl-C, to end its processes and to write what there is.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
    var parsed = root.Parse(NotebookCommand.Marked(args));
    var code = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    return parsed.Errors.Count > 0 ? 2 : code;
}
catch (Exception e) when (e is DataFileException or NativeRuntimeException or ArgumentException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine("error: " + e.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted");
    return 130;
}
