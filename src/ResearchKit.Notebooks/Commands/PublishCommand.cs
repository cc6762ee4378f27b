using System.CommandLine;
using ResearchKit.Notebooks.Checking;
using ResearchKit.Notebooks.Html;
using ResearchKit.Notebooks.Publishing;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>publish FILE ... [--out DIR] [--timeout S]</c>.</summary>
internal static class PublishCommand
{
    /// <summary>What the help adds.</summary>
    public const string Details = """
        Every chart gets a PNG beside it, drawn by the Chromium, Chrome or Edge of this machine. A file stays as it is when a cell fails,
        when an output holds a GUID or an absolute path of this machine, or when the notebook would have more than 1 MB.
        """;

    public static Command Create(NotebookOptions options)
    {
        var files = FileArguments.Create(ArgumentArity.OneOrMore, "The notebooks, .ipynb files with C# cells.");
        var parameters = new Option<string[]>("-p", "--parameter") { Hidden = true };
        parameters.Validators.Add(result => result.AddError("publish takes no -p: the values would be committed as a cell of their own. Change the notebook's parameters cell, or use `researchkit notebook run -p`."));
        var command = new Command("publish", "Runs notebooks from top to bottom and writes the outputs into the files themselves, to be committed; pages go to --out.") { files, parameters };
        options.Attach(command, async (parsed, folder, timeout, cancellation) =>
        {
            var browser = ChartPictures.FindBrowser(); // before hours of cells
            var notebooks = FileArguments.Read(parsed.GetValue(files)!, folder);
            notebooks.ForEach(n => n.Cells.Where(c => c.IsCode).ToList().ForEach(c => CellTolerance.Of(c, n.Path))); // what is published can be checked
            var code = 0;
            foreach (var publication in notebooks.ConvertAll(n => new NotebookPublication(n)))
            {
                code = Math.Max(code, await publication.RunAsync(folder, timeout, browser, cancellation).ConfigureAwait(false));
                if (code == ExitCode.Interrupted)
                {
                    break;
                }
            }

            return code;
        });
        return command;
    }
}
