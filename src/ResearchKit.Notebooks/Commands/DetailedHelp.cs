using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ResearchKit.Notebooks.Commands;

/// <summary>The usual help, and below it what no list of options can say.</summary>
/// <param name="details">The texts, by command.</param>
internal sealed class DetailedHelp(Dictionary<Command, string> details) : SynchronousCommandLineAction
{
    private readonly HelpAction _usual = new();

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = _usual.Invoke(parseResult);
        if (details.TryGetValue(parseResult.CommandResult.Command, out var text))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text + "\n");
        }

        return code;
    }
}
