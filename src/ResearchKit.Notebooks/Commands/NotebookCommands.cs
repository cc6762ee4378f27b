using System.CommandLine;
using ResearchKit.Notebooks.Checking;
using ResearchKit.Notebooks.Html;
using ResearchKit.Notebooks.Publishing;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>notebook</c> and its commands; <c>run</c>, <c>check</c> and <c>publish</c> with the options that all three
/// take.</summary>
internal sealed class NotebookCommands
{
    private const string PublishDetails = """
        Every chart gets a PNG beside it, drawn by the Chromium, Chrome or Edge of this machine. A file is not changed when a cell fails,
        when an output holds a GUID or an absolute path of this machine, or when the notebook would have more than 1.5 MB.
        """;

    private readonly Option<string> _folder = new("--out")
    {
        Description = "Folder for what is written.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultOutput(),
    };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "Seconds that one cell may run.",
        HelpName = "S",
        DefaultValueFactory = _ => 3600,
    };

    private readonly Option<double?> _memory = new("--memory")
    {
        Description = "GB of memory that the cells may take; by default nine tenths of the machine's.",
        HelpName = "GB",
    };

    // Given by the command line's process: when the input ends, that process wants the run to end, or has died.
    private readonly Option<bool> _watchInput = new("--stop-at-end-of-input") { Hidden = true, Recursive = true };

    /// <summary>The command <c>notebook</c>.</summary>
    /// <param name="details">Gets what a command's help adds below its options.</param>
    public static Command Create(out Dictionary<Command, string> details)
    {
        var commands = new NotebookCommands();
        var (check, publish) = (commands.Check(), commands.Publish());
        var export = ExportCommand.Create(commands._folder);
        var assign = AssignCommand.Create(commands._folder);
        details = new()
        {
            [check] = CellTolerance.Help, [publish] = PublishDetails, [export] = ExportCommand.Details, [assign] = AssignCommand.Details,
        };
        return new("notebook", "Runs, checks, publishes and exports .ipynb notebooks with C# cells.")
        {
            commands.Run(), check, publish, export, assign, KernelspecCommand.Create(), commands._watchInput,
        };
    }

    private Command Run()
    {
        var file = new Argument<string>("FILE") { Description = "The notebook, an .ipynb file with C# cells." };
        var parameters = new Option<string[]>("-p", "--parameter")
        {
            Description = "name=value for a variable of the cell tagged 'parameters'; may be repeated.",
            HelpName = "name=value",
            DefaultValueFactory = _ => [],
        };
        const string description = "Runs a notebook and writes it with its outputs, as .ipynb and as a self-contained .html.";
        return WithAction(new Command("run", description) { file, parameters }, async (parsed, options) =>
        {
            var notebook = NotebookFile.Read(parsed.GetValue(file)!);
            try
            {
                NotebookParameters.Apply(notebook, parsed.GetValue(parameters)!);
            }
            catch (NotebookFileException e)
            {
                throw new UsageException(e.Message); // what was typed is wrong, not the file
            }

            var run = new NotebookRun(notebook, options);
            var code = await run.RunAsync();
            if (code == 0)
            {
                Console.WriteLine($"{run.File} and {run.Page} written after {run.Time.TotalSeconds:0} s");
            }

            return code;
        });
    }

    private Command Check()
    {
        var files = FileArguments.Create(ArgumentArity.ZeroOrMore, "The notebooks, with their outputs; by default all in ./notebooks.");
        var fast = new Option<bool>("--fast")
        {
            Description = "Runs with the values that the notebook's metadata names in researchkit.fast, and compares kinds only; "
                + "a notebook without them is run and compared in full.",
        };
        const string description = "Runs notebooks again and compares every cell's outputs with those in the file, which is not changed.";
        return WithAction(new Command("check", description) { files, fast }, (parsed, options) =>
        {
            var paths = parsed.GetValue(files) is { Length: > 0 } named ? named : FileArguments.Defaults();
            var checks = FileArguments.Read(paths, options.Folder).ConvertAll(n => new NotebookCheck(n, parsed.GetValue(fast)));
            return OneByOneAsync(checks, check => check.RunAsync(options));
        });
    }

    private Command Publish()
    {
        var files = FileArguments.Create(ArgumentArity.OneOrMore, "The notebooks, .ipynb files with C# cells.");
        var parameters = new Option<string[]>("-p", "--parameter") { Hidden = true };
        parameters.Validators.Add(result => result.AddError("publish takes no -p: the values would be committed as a cell of their own. "
            + "Change the notebook's parameters cell, or use `researchkit notebook run -p`."));
        const string description = "Runs notebooks and writes the outputs into the files themselves, to be committed; pages go to --out.";
        return WithAction(new Command("publish", description) { files, parameters }, (parsed, options) =>
        {
            var browser = ChartImages.FindBrowser(); // before hours of cells
            var notebooks = FileArguments.Read(parsed.GetValue(files)!, options.Folder);
            notebooks.ForEach(n => n.CodeCells.ForEach(c => CellTolerance.Of(c, n.Path))); // what is published can be checked
            return OneByOneAsync(notebooks.ConvertAll(n => new NotebookPublication(n)), p => p.RunAsync(options, browser));
        });
    }

    private Command WithAction(Command command, Func<ParseResult, RunOptions, Task<int>> action)
    {
        command.Options.Add(_folder);
        command.Options.Add(_timeout);
        command.Options.Add(_memory);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(_watchInput))
            {
                _ = StopAtEndOfInputAsync(stop);
            }

            var seconds = parsed.GetValue(_timeout) is > 0 and <= 4_000_000 and var s ? s
                : throw new UsageException("--timeout must be a number of seconds above 0 and at most 4000000.");
            var limits = parsed.GetValue(_memory) switch
            {
                null => new ProcessLimits(ProcessLimits.DefaultMemory),
                >= 0.1 and <= 1e6 and var gigabytes => new ProcessLimits((long)(gigabytes * 1e9)),
                _ => throw new UsageException("--memory must be a number of GB from 0.1 to 1000000."),
            };
            return await action(parsed, new RunOptions(parsed.GetValue(_folder)!, TimeSpan.FromSeconds(seconds), limits, stop.Token));
        });
        return command;
    }

    private static async Task StopAtEndOfInputAsync(CancellationTokenSource stop)
    {
        await Console.OpenStandardInput().CopyToAsync(Stream.Null); // what is typed is not for the notebook
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended already.
        }
    }

    // The highest exit code; an interruption ends the loop.
    private static async Task<int> OneByOneAsync<T>(List<T> items, Func<T, Task<int>> run)
    {
        var code = 0;
        foreach (var item in items)
        {
            code = Math.Max(code, await run(item));
            if (code == ExitCode.Interrupted)
            {
                break;
            }
        }

        return code;
    }

    // As short as it can be written from here: it stands in messages.
    private static string DefaultOutput()
    {
        var here = Directory.GetCurrentDirectory();
        return Path.GetRelativePath(here, Path.Combine(MachinePaths.CheckoutAbove(here) ?? here, "artifacts", "notebooks"));
    }
}
