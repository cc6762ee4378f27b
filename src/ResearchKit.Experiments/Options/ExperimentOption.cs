using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models.Translation;
using ResearchKit.Registers;
using ResearchKit.Schedules;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Options;

/// <summary>One option by its name: a property of one of <see cref="ExperimentOptions"/>' groups, or the weight of one penalty.</summary>
public sealed class ExperimentOption : INamed
{
    private const string None = "none";

    private static readonly ConcurrentDictionary<string, Dictionary<string, XElement>> Documents = new();

    private readonly PropertyInfo _group;
    private readonly PropertyInfo _property;
    private readonly PenaltyEntry? _penalty;
    private readonly Type _type;
    private readonly bool _isNullable;

    private ExperimentOption(PropertyInfo group, PropertyInfo property, PenaltyEntry? penalty = null)
    {
        (_group, _property, _penalty) = (group, property, penalty);
        Name = penalty?.Name ?? OptionRanges.NameOf(property);
        _isNullable = penalty is not null || OptionRanges.IsNullable(property);
        _type = penalty is not null ? typeof(Schedule) : Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
    }

    /// <summary>Every option, group by group.</summary>
    public static Register<ExperimentOption> All { get; } = new("option", [.. Every()]);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Its group: data, networks, game, translation, trainer, run or scoring.</summary>
    public string Group => OptionRanges.NameOf(_group);

    /// <summary>The default, as <c>--set</c> takes it.</summary>
    public string Default => Text(new ExperimentOptions());

    /// <summary>The values that it takes, in words.</summary>
    public string Takes => _property.Name switch
    {
        nameof(GameOptions.Loss) => Join(AdversarialLosses.All.Names),
        nameof(GameOptions.Augment) => Join([None, .. Augmentations.All.Names]),
        nameof(NetworkOptions.Architecture) => Join([ScoringOptions.Auto, .. Architectures.All.Names,
            .. TranslationArchitectures.All.Names]),
        _ when _type.IsEnum => Join([.. _isNullable ? (string[])[NullName] : [], .. Enum.GetNames(_type)]),
        _ => OptionRanges.Describe(_property) + (_penalty is null ? "" : $", or {None}"),
    };

    /// <summary>What it is: its property's documentation, or the penalty's purpose; empty where the documentation is not there.</summary>
    public string Description => _penalty is null ? Summary() : $"Weight of a penalty that {_penalty.Purpose} ({_penalty.Paper}).";

    /// <summary>Its value as text, as <c>--set</c> takes it.</summary>
    internal string Text(ExperimentOptions options) => Get(options) switch
    {
        null => NullName,
        bool flag => flag ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Its value in JSON.</summary>
    internal JsonNode? Json(ExperimentOptions options) => Get(options) switch
    {
        ConstantSchedule schedule => schedule.Value,
        Schedule or Enum => Text(options),
        var value => JsonSerializer.SerializeToNode(value),
    };

    /// <summary>Its value in a record of options.</summary>
    internal object? Get(ExperimentOptions options)
    {
        var value = _property.GetValue(_group.GetValue(options));
        return _penalty is null ? value : ((IReadOnlyDictionary<string, Schedule>)value!).GetValueOrDefault(_penalty.Name);
    }

    /// <summary>A value from text, or from JSON's text of it; the case of an enumeration's names does not count.</summary>
    /// <exception cref="FormatException">It does not fit; says what does.</exception>
    internal object? Read(string? text)
    {
        if (_isNullable && (text is null || text == NullName || (text == None && !_type.IsEnum)))
        {
            return null;
        }

        try
        {
            object value = _type == typeof(string) ? text ?? throw new FormatException()
                : _type.IsEnum ? Enum.Parse(_type, Enum.GetNames(_type).First(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)))
                : _type == typeof(double) ? double.Parse(text ?? "", NumberStyles.Float, CultureInfo.InvariantCulture)
                : _type == typeof(Schedule) ? Schedule.Parse(text ?? "")
                : Convert.ChangeType(text ?? "", _type, CultureInfo.InvariantCulture);
            return _isNullable && value is ConstantSchedule { Value: 0 } ? null : value;
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new FormatException(_type.IsEnum ? $"There is no {Name} '{text}'; there are {Takes}."
                : _type == typeof(Schedule) ? $"The option {Name}: {e.Message.Split(" (Parameter")[0]}"
                : $"The option {Name} is '{text ?? None}'; it must be {Takes}.", e);
        }
    }

    /// <summary>Options of given values.</summary>
    internal static ExperimentOptions Create(Func<ExperimentOption, object?> valueOf)
    {
        var (options, penalties) = (new ExperimentOptions(), new Dictionary<string, Schedule>());
        foreach (var option in All)
        {
            var value = valueOf(option);
            if (option._penalty is null)
            {
                option._property.SetValue(option._group.GetValue(options), value); // the groups are new, and nobody else has them yet
            }
            else if (value is Schedule weight)
            {
                penalties.Add(option.Name, weight);
            }
        }

        return options with { Game = options.Game with { Penalties = penalties } };
    }

    private static IEnumerable<ExperimentOption> Every() =>
        from @group in typeof(ExperimentOptions).GetProperties()
        from property in @group.PropertyType.GetProperties()
        from option in property.Name == nameof(GameOptions.Penalties)
            ? PenaltyEntry.All.Select(penalty => new ExperimentOption(@group, property, penalty))
            : [new ExperimentOption(@group, property)]
        select option;

    private string NullName => _penalty is null ? OptionRanges.NullName(_property) : None;

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);

    private string Summary()
    {
        var type = _property.DeclaringType!;
        var nodes = Documentation(type.Assembly.GetName().Name!).GetValueOrDefault($"P:{type.FullName}.{_property.Name}")?.Nodes() ?? [];
        var text = string.Concat(nodes.Select(node => node is not XElement element ? $"{node}"
            : (string?)element.Attribute("cref") is { } reference ? Reference(reference)
            : element.Value));
        return Regex.Replace(Regex.Replace(text, @"\s+", " "), @"\bnull\b", NullName, RegexOptions.IgnoreCase).Trim();
    }

    // An option is called by its name, anything else as C# has it.
    private static string Reference(string cref)
    {
        var parts = cref.Split('(')[0].Split('.');
        if (parts[^1] == "All")
        {
            return "the list below"; // a register's parts
        }

        var name = JsonNamingPolicy.CamelCase.ConvertName(parts[^1]);
        return All.Has(name) ? name : string.Join('.', parts[^2..]);
    }

    // The compiler puts the documentation beside the assembly.
    private static Dictionary<string, XElement> Documentation(string assembly) => Documents.GetOrAdd(assembly, name =>
        Path.Combine(AppContext.BaseDirectory, name + ".xml") is var file && File.Exists(file)
            ? XDocument.Load(file).Descendants("member").Where(m => m.Element("summary") is not null)
                .ToDictionary(m => (string)m.Attribute("name")!, m => m.Element("summary")!)
            : []);
}
