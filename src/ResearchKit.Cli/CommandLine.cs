using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ResearchKit.Cli;

/// <summary>What commands share: how a wrong line is told, and options whose values are checked before anything runs.</summary>
internal static class CommandLine
{
    /// <summary>What the parser found, in one line, with the command whose help tells more.</summary>
    public static string Problem(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
        {
            names.Insert(0, command.Command.Name);
        }

        return $"{string.Join(' ', parsed.Errors.Select(e => e.Message))} `{string.Join(' ', names)} --help` tells more.";
    }

    /// <summary>Looks a name up that was typed; that there is no such thing is the line's fault.</summary>
    public static T Named<T>(Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(Sentence(e));
        }
    }

    /// <summary>An error's message without the name of the parameter, which says nothing on a command line.</summary>
    public static string Sentence(Exception e) => e switch
    {
        // the second line says the value again
        ArgumentException { ParamName: { } name } =>
            e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal).Split(Environment.NewLine)[0],
        // what follows is a native stack trace
        ExternalException and not Win32Exception => "libtorch: " + e.Message.Split('\n')[0].TrimEnd(),
        _ => e.Message,
    };

    /// <summary>An option for a whole number in a range.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, long least, long most = int.MaxValue)
    {
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
                && number <= most)
            {
                return (T)Convert.ChangeType(number, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture);
            }

            result.AddError($"{option.Name} must be a whole number from {least}{(most == int.MaxValue ? " on" : $" to {most}")}, not " +
                $"'{text}'.");
            return default!;
        };
        return option;
    }
}
