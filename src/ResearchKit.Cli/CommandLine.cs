using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ResearchKit.Experiments.Options;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;

namespace ResearchKit.Cli;

/// <summary>What commands share: how a wrong line is told, and options whose values are checked before anything runs.</summary>
internal static class CommandLine
{
    private const int MostSeeds = 100_000;

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

    /// <summary>Looks up or reads what was typed; what does not fit is the line's fault.</summary>
    public static T Typed<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new UsageException(Sentence(e));
        }
    }

    /// <summary>An error's message without the name of the parameter, which says nothing on a command line.</summary>
    public static string Sentence(Exception e) => Regex.Replace(Text(e), @"(?<![\w./])[A-Z]\w+(?![\w(])", word => InOptions(word.Value));

    // What C# calls WeightClip is weightClip here, and HingeLoss is hinge. Options of one word are left alone: they begin sentences.
    private static string InOptions(string word) =>
        char.ToLowerInvariant(word[0]) + word[1..] is var name && ExperimentOption.All.Has(name) && name.Any(char.IsAsciiLetterUpper) ? name
        : word.EndsWith("Penalty", StringComparison.Ordinal) || word == nameof(LabelSmoothing)
            ? DiscriminatorPenalties.All.FirstOrDefault(p => p.Create(1, 0).GetType().Name == word)?.Name
                ?? GeneratorPenalties.All.FirstOrDefault(p => p.Create(1, 0).GetType().Name == word)?.Name ?? word
        : word.EndsWith("Loss", StringComparison.Ordinal)
            ? AdversarialLosses.All.FirstOrDefault(l => l.Create().GetType().Name == word)?.Name ?? word
        : word;

    private static string Text(Exception e) => e switch
    {
        // the second line says the value again
        ArgumentException { ParamName: { } name } =>
            e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal).Split(Environment.NewLine)[0],
        // what follows is a native stack trace
        ExternalException and not Win32Exception => "libtorch: " + e.Message.Split('\n')[0].TrimEnd(),
        _ => e.Message,
    };

    /// <summary>What a command does, on a thread of its own, so that Ctrl-C is heard meanwhile.</summary>
    public static void SetWork(this Command command, Func<ParseResult, CancellationToken, int> work) =>
        command.SetAction((parsed, cancellation) => Task.Run(() => work(parsed, cancellation), CancellationToken.None));

    /// <summary>What stands on the line without a name.</summary>
    public static Argument<T> Given<T>(string name, string description, bool optional = false) =>
        new(name) { Description = description, Arity = optional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };

    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>An option with a value, and the default that the help shows.</summary>
    public static Option<T> Value<T>(string name, string description, T? byDefault = default)
    {
        var option = new Option<T>(name) { Description = description };
        if (!EqualityComparer<T>.Default.Equals(byDefault, default))
        {
            option.DefaultValueFactory = _ => byDefault!;
        }

        return option;
    }

    /// <summary>An option that may come several times, one value each.</summary>
    public static Option<string[]> Repeated(string name, string description) => new(name) { Description = description };

    /// <summary>An option for any whole number.</summary>
    public static Option<T> Whole<T>(this Option<T> option) => option.AtLeast(long.MinValue, long.MaxValue);

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

            var range = least == long.MinValue ? "" : $" from {least}{(most == int.MaxValue ? " on" : $" to {most}")}";
            result.AddError($"{option.Name} must be a whole number{range}, not '{text}'.");
            return default!;
        };
        return option;
    }

    /// <summary>Seeds: <c>0..4</c>, <c>3,5,8</c>, or both.</summary>
    public static long[] Seeds(string text)
    {
        return [.. text.Split(',', StringSplitOptions.TrimEntries).SelectMany(Range)];

        IEnumerable<long> Range(string part)
        {
            if (part.Split("..") is not [var first, var last])
            {
                return [Number(part)];
            }

            var (from, to) = (Number(first), Number(last));
            return from > to ? throw new UsageException($"--seeds must go upwards, not '{text}'.")
                : to - from >= MostSeeds ? throw new UsageException($"--seeds {text} are more than {MostSeeds} seeds.")
                : Enumerable.Range(0, (int)(to - from + 1)).Select(i => from + i);
        }

        long Number(string part) => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
            : throw new UsageException($"--seeds must be like 0..4 or 3,5,8, not '{text}'.");
    }
}
