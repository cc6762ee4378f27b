using System.Text.RegularExpressions;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Answers the lines of a cell that are .NET Interactive's and not C#: each is handled or refused, none is skipped in silence.</summary>
internal sealed partial class DirectiveLines(KitPackages packages)
{
    /// <summary>Returns the cell with handled lines made empty, so that line numbers stay.</summary>
    /// <exception cref="DirectiveException">A line cannot be handled here.</exception>
    public string Process(string code, ICellOutput output)
    {
        var lines = code.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.StartsWith("#!", StringComparison.Ordinal))
            {
                RequireCSharp(line, i + 1);
                lines[i] = "";
            }
            else if (line.StartsWith("#i ", StringComparison.Ordinal))
            {
                throw new DirectiveException(i + 1, $"`{line}` names a package source, and cells run here without one: reference what the kit ships with #r \"../artifacts/kit/...dll\", or open the notebook in VS Code with Polyglot.");
            }
            else if (PackageReference().Match(line) is { Success: true } reference)
            {
                output.Stream("stdout", packages.Answer(reference.Groups["name"].Value, i + 1) + "\n");
                lines[i] = "";
            }
        }

        return string.Join('\n', lines);
    }

    private static void RequireCSharp(string line, int number)
    {
        var word = line.Split(' ', 2)[0];
        if (word is not ("#!csharp" or "#!c#"))
        {
            throw new DirectiveException(number, $"`{word}` is a command of .NET Interactive that this host does not have; only #!csharp is. Remove the line, or open the notebook in VS Code with Polyglot.");
        }
    }

    [GeneratedRegex("""^#r\s+"nuget:\s*(?<name>[^,"\s]+)\s*(,[^"]*)?"$""", RegexOptions.IgnoreCase)]
    private static partial Regex PackageReference();
}
