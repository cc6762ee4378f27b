using System.CommandLine;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Commands;

/// <summary>The options that every command on notebooks takes, and what they stand for.</summary>
internal sealed class NotebookOptions
{
    private readonly Option<string> _folder = new("--out") { Description = "Folder for the executed .ipynb and the .html.", HelpName = "DIR", DefaultValueFactory = _ => DefaultFolder() };
    private readonly Option<double> _timeout = new("--timeout") { Description = "Seconds that one cell may run.", HelpName = "S", DefaultValueFactory = _ => 3600 };

    /// <summary>Given by the command line's process: when the input ends, that process wants the run to end, or is gone.</summary>
    public Option<bool> WatchInput { get; } = new("--stop-at-end-of-input") { Hidden = true, Recursive = true };

    /// <summary>Gives a command the options and its action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Gets the folder, the time limit of a cell, and the token of Ctrl-C and its like; gives the exit code.</param>
    public void Attach(Command command, Func<ParseResult, string, TimeSpan, CancellationToken, Task<int>> action)
    {
        command.Options.Add(_folder);
        command.Options.Add(_timeout);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(WatchInput))
            {
                _ = StopAtEndOfInputAsync(stop);
            }

            if (parsed.GetValue(_timeout) is not (> 0 and <= 4_000_000))
            {
                throw new UsageException("--timeout must be a number of seconds above 0 and at most 4000000.");
            }

            return await action(parsed, parsed.GetValue(_folder)!, TimeSpan.FromSeconds(parsed.GetValue(_timeout)), stop.Token).ConfigureAwait(false);
        });
    }

    // As short as it can be written from here: it stands in messages.
    private static string DefaultFolder()
    {
        var here = Directory.GetCurrentDirectory();
        return Path.GetRelativePath(here, Path.Combine(Checkout.Above(here) ?? here, "artifacts", "notebooks"));
    }

    private static async Task StopAtEndOfInputAsync(CancellationTokenSource stop)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
        {
            // What is typed is not for the notebook.
        }

        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The run has ended already.
        }
    }
}
