using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using ResearchKit;
using ResearchKit.Cli;
using ResearchKit.Experiments.Runs;
using ResearchKit.Training;

Console.OutputEncoding = Encoding.UTF8;
var root = new Command("researchkit", "GAN research in .NET. Ends with 0 when all is done, 1 when the work could not be done or a check " +
    "failed, 2 when the command line is wrong, 75 when another process trains the run, 130 when interrupted.")
{
    NotebookCommand.Create(), DataCommand.Create(), NetworkCommand.Create(), MetricsCommand.Create(), StatsCommand.Create(),
    TrainCommand.Create(), PresetsCommand.Create(), PublishedCommand.Create(), ArchitecturesCommand.Create(), SweepCommand.Create(),
    CollapseCommand.Create(), SampleCommand.Create(), WalkCommand.Create(), LatencyCommand.Create(), TranslateCommand.Create(),
    PageCommand.Create(), ConvertCommand.Create(), InfoCommand.Create(),
};
root.Options.Add(new HelpOption());
root.Options.Add(new VersionOption());
try
{
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    var parsed = root.Parse(NotebookCommand.Marked(args));
    if (parsed.Action is ParseErrorAction)
    {
        throw new UsageException(Problem(parsed));
    }

    using var interruption = parsed.Action is AsynchronousCommandLineAction ? new Interruption() : null; // the others end at once
    return await parsed.InvokeAsync(configuration, interruption?.Token ?? CancellationToken.None).ConfigureAwait(false);
}
catch (UsageException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return ExitCode.Usage;
}
catch (RunHeldException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return ExitCode.Held;
}
catch (Exception e) when (e is DataFileException or TrainingDivergedException or NativeRuntimeException or ArgumentException or IOException
    or UnauthorizedAccessException or PlatformNotSupportedException or System.Runtime.InteropServices.ExternalException)
{
    Console.Error.WriteLine("error: " + Sentence(e));
    return ExitCode.Failed;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted");
    return ExitCode.Interrupted;
}
