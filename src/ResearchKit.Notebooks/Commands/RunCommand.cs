using System.CommandLine;
using System.Globalization;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Running;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>run FILE [-p name=value ...] [--out DIR] [--timeout S]</c>.</summary>
internal static class RunCommand
{
    public static Command Create(NotebookOptions options)
    {
        var file = new Argument<string>("FILE") { Description = "The notebook, an .ipynb file with C# cells." };
        var parameters = new Option<string[]>("-p", "--parameter") { Description = "name=value for a variable of the cell tagged 'parameters'; may be repeated.", HelpName = "name=value", DefaultValueFactory = _ => [] };
        var command = new Command("run", "Runs a notebook from top to bottom and writes it with its outputs, as .ipynb and as a self-contained .html.") { file, parameters };
        options.Attach(command, async (parsed, folder, timeout, cancellation) =>
        {
            var notebook = NotebookFile.Read(parsed.GetValue(file)!);
            Set(notebook, parsed.GetValue(parameters)!);
            var copy = new ExecutedCopy(notebook, folder);
            var code = await copy.MakeAsync(timeout, cancellation).ConfigureAwait(false);
            if (code == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{copy.File} and {copy.Page} written after {copy.Time.TotalSeconds:0} s"));
            }

            return code;
        });
        return command;
    }

    private static void Set(NotebookFile notebook, string[] values)
    {
        try
        {
            NotebookParameters.Apply(notebook, values);
        }
        catch (NotebookFileException e)
        {
            throw new UsageException(e.Message); // what was typed is wrong, not the file
        }
    }
}
