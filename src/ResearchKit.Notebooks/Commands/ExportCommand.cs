using System.CommandLine;
using ResearchKit.Notebooks.Exporting;
using ResearchKit.Notebooks.Html;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>notebook export</c>: a notebook in a form that needs no notebook.</summary>
internal static class ExportCommand
{
    public const string Details = """
        html      a page with the outputs that the file holds; charts are live where the kit is beside the notebook, else images
        markdown  a .md file with those outputs, for a wiki or a code host; images go into a folder beside it
        app       a C# file for `dotnet run FILE.cs`, without outputs: running it writes a page and images beside it. Texts become
                  comments. A name that a later cell declares anew gets a number, because a program has each name once.
        Nothing is run. `notebook run` and `publish` fill a file with outputs.
        """;

    public static Command Create(Option<string> folder)
    {
        var files = FileArguments.Create(ArgumentArity.OneOrMore, "The notebooks, .ipynb files with C# cells.");
        var form = new Option<string>("--to") { Description = "html, markdown or app.", HelpName = "FORM", Required = true };
        form.AcceptOnlyFromAmong("html", "markdown", "app");
        var parameters = new Option<string[]>("-p", "--parameter")
        {
            Description = "name=value for a variable of the cell tagged 'parameters'; may be repeated. For --to app.",
            HelpName = "name=value",
            DefaultValueFactory = _ => [],
        };
        const string description = "Writes notebooks as pages, as Markdown or as C# programs.";
        var command = new Command("export", description) { files, form, parameters, folder };
        command.SetAction(parsed =>
        {
            var (to, values, target) = (parsed.GetValue(form)!, parsed.GetValue(parameters)!, parsed.GetValue(folder)!);
            if (values.Length > 0 && to != "app")
            {
                throw new UsageException($"--to {to} takes no -p: it shows the outputs that the file holds. "
                    + "`researchkit notebook run -p` makes others.");
            }

            foreach (var notebook in FileArguments.Read(parsed.GetValue(files)!, target))
            {
                Console.WriteLine(Export(notebook, to, values, target) + " written");
            }

            return 0;
        });
        return command;
    }

    private static string Export(NotebookFile notebook, string to, string[] values, string target)
    {
        Directory.CreateDirectory(target);
        var file = Path.Combine(target, Path.GetFileNameWithoutExtension(notebook.Path)) + to switch
        {
            "html" => ".html",
            "markdown" => ".md",
            _ => ".cs",
        };
        switch (to)
        {
            case "html":
                HtmlPage.Write(notebook, PlotlyScript.Beside(notebook), file);
                break;
            case "markdown":
                MarkdownExport.Write(notebook, file);
                break;
            default:
                NotebookParameters.Apply(notebook, values);
                TextFiles.Write(file, AppExport.ToText(notebook, file));
                break;
        }

        return file;
    }
}
