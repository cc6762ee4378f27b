using System.CommandLine;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Commands;

/// <summary>Several notebooks on one command line.</summary>
internal static class FileArguments
{
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

    /// <summary>Reads the notebooks, and makes sure that no executed copy falls on a notebook or on another copy.</summary>
    /// <exception cref="NotebookFileException">A file is no notebook.</exception>
    /// <exception cref="UsageException">Two files would meet in <paramref name="folder"/>.</exception>
    public static List<NotebookFile> Read(IEnumerable<string> paths, string folder)
    {
        var notebooks = paths.Select(NotebookFile.Read).ToList();
        var names = notebooks.ToLookup(n => Path.GetFileName(n.Path), StringComparer.OrdinalIgnoreCase);
        if (names.FirstOrDefault(g => g.Count() > 1) is { } group)
        {
            throw new UsageException($"{string.Join(" and ", group.Select(n => n.Path))} would both be written to {Path.Combine(folder, group.Key)}; name them in two commands with an --out each.");
        }

        if (notebooks.Find(n => Path.GetDirectoryName(Path.GetFullPath(n.Path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { } own)
        {
            throw new UsageException($"--out {folder} is the folder of {own.Path} itself, which the executed copy would replace; name another folder.");
        }

        return notebooks;
    }
}
