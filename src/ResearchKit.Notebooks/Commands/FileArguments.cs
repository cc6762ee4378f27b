using System.CommandLine;

namespace ResearchKit.Notebooks.Commands;

/// <summary>Several notebooks on one command line.</summary>
internal static class FileArguments
{
    private const string DefaultFolder = "notebooks";

    /// <summary>The notebooks in ./notebooks, in order.</summary>
    public static string[] Defaults()
    {
        string[] found = Directory.Exists(DefaultFolder) ? Directory.GetFiles(DefaultFolder, "*.ipynb") : [];
        Array.Sort(found, StringComparer.Ordinal);
        return found.Length > 0
            ? found
            : throw new NotebookFileException($"There is no notebook in ./{DefaultFolder}; name one, or go to the checkout's folder.");
    }

    /// <summary>The argument FILE.</summary>
    public static Argument<string[]> Create(ArgumentArity arity, string description)
    {
        var files = new Argument<string[]>("FILE") { Description = description, Arity = arity };

        // An argument of many values would take a mistyped option for a file.
        files.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-')))
            {
                result.AddError($"There is no option '{token.Value}' here; a file of that name is written ./{token.Value}.");
            }
        });
        return files;
    }

    /// <summary>Reads the notebooks, and makes sure that no executed copy replaces a notebook or another copy.</summary>
    public static List<NotebookFile> Read(string[] paths, string folder)
    {
        List<NotebookFile> notebooks = [.. paths.Select(NotebookFile.Read)];
        var names = notebooks.ToLookup(n => Path.GetFileName(n.Path), StringComparer.OrdinalIgnoreCase);
        if (names.FirstOrDefault(g => g.Count() > 1) is { } group)
        {
            throw new UsageException($"{string.Join(" and ", group.Select(n => n.Path))} would both be written to "
                + $"{Path.Combine(folder, group.Key)}; name them in two commands with an --out each.");
        }

        return notebooks.Find(n => n.Folder == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { } own
            ? throw new UsageException($"--out {folder} is the folder of {own.Path} itself, which the executed copy would replace; "
                + "name another folder.")
            : notebooks;
    }
}
