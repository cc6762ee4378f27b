using System.CommandLine;
using ResearchKit.Notebooks.Exporting;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>notebook assign</c>: what a course hands out, made of one lesson.</summary>
internal static class AssignCommand
{
    public const string Details = """
        NAME.ipynb           for students: without the cells tagged 'solution'
        NAME-solution.ipynb  with them, and with the cells of solutions/NAME.ipynb beside the lesson
        NAME-slides.html     a slide for each picture and for each cell's claims (✓), of the outputs in the file; key N: speaker's notes
        Files that the lesson names by relative paths are copied along. Nothing is run.
        """;

    public static Command Create(Option<string> folder)
    {
        var files = FileArguments.Create(ArgumentArity.OneOrMore, "The lessons, .ipynb files with C# cells.");
        var command = new Command("assign", "Makes of a lesson the students' notebook, the one with solutions, and slides.")
        {
            files, folder,
        };
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(folder)!;
            foreach (var notebook in FileArguments.Read(parsed.GetValue(files)!, target))
            {
                Directory.CreateDirectory(target);
                var written = Assignment.Write(notebook.Path, target);
                Console.WriteLine($"{string.Join(", ", written)} written"
                    + (written.Count > 2 ? ""
                        : $"; no cell is tagged 'solution', and there is no solutions/{Path.GetFileName(notebook.Path)} beside it"));
            }

            return 0;
        });
        return command;
    }
}
