using System.CommandLine;
using ResearchKit.Notebooks.Checking;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Commands;

/// <summary><c>check [FILE ...] [--fast] [--out DIR] [--timeout S]</c>.</summary>
internal static class CheckCommand
{
    /// <summary>What the help adds.</summary>
    public const string Details = CellTolerance.Help;

    private const string DefaultFolder = "notebooks";

    public static Command Create(NotebookOptions options)
    {
        var files = FileArguments.Create(ArgumentArity.ZeroOrMore, "The notebooks, with their outputs; every one in ./notebooks when left out.");
        var fast = new Option<bool>("--fast") { Description = "Runs with the values that the notebook's metadata names in researchkit.fast, and compares kinds only; a notebook without them is run and compared in full." };
        var command = new Command("check", "Runs notebooks again and compares every code cell's outputs with those in the file, which stays as it is.") { files, fast };
        options.Attach(command, async (parsed, folder, timeout, cancellation) =>
        {
            var named = parsed.GetValue(files)!;
            var checks = FileArguments.Read(named.Length > 0 ? named : Here(), folder).ConvertAll(n => new NotebookCheck(n, parsed.GetValue(fast)));
            var code = 0;
            foreach (var check in checks)
            {
                code = Math.Max(code, await check.RunAsync(folder, timeout, cancellation).ConfigureAwait(false));
                if (code == ExitCode.Interrupted)
                {
                    break;
                }
            }

            return code;
        });
        return command;
    }

    private static string[] Here()
    {
        string[] found = Directory.Exists(DefaultFolder) ? Directory.GetFiles(DefaultFolder, "*.ipynb") : [];
        Array.Sort(found, StringComparer.Ordinal);
        return found.Length > 0 ? found : throw new NotebookFileException($"There is no notebook in ./{DefaultFolder}; name one, or go to the checkout's folder.");
    }
}
