using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using ResearchKit.Schedules;

namespace ResearchKit.Registers;

/// <summary>Checks a record of options against the ranges that stand beside its properties (<see cref="RangeAttribute"/>).</summary>
/// <remarks>An option that is null is not set and fits. A schedule must stay within the range at every step, and so must each schedule of
/// a dictionary, whose keys are the names.</remarks>
public static class OptionRanges
{
    /// <summary>An option's name as the command line and JSON have it: the property's, in camel case.</summary>
    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>Whether an option may be null, which the command line calls none.</summary>
    public static bool IsNullable(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    /// <summary>What an option that may be null is called where it is: <c>auto</c> where something else then chooses, otherwise
    /// <c>none</c>.</summary>
    public static string NullName(PropertyInfo property) =>
        property.GetCustomAttribute<AutoOptionAttribute>() is null ? "none" : "auto";

    /// <summary>Checks every property that has a range, and every enumeration.</summary>
    /// <param name="options">The record.</param>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public static void Check(object options)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            var values = property.GetValue(options) switch
            {
                null => [],
                IReadOnlyDictionary<string, Schedule> schedules => schedules.Select(s => (s.Key, (object)s.Value)),
                var value => [(NameOf(property), value)],
            };
            foreach (var (name, value) in values.Where(v => !Fits(property, v.Item2)))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"The option {name} is {value}; it must be {Describe(property)}."));
            }
        }
    }

    /// <summary>What an option takes, in words: <c>a whole number of at least 1, or none</c>.</summary>
    public static string Describe(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var range = property.GetCustomAttribute<RangeAttribute>();
        var isSchedule = type == typeof(Schedule) || type == typeof(IReadOnlyDictionary<string, Schedule>);
        var isWhole = type == typeof(int) || type == typeof(long);
        var number = isWhole ? "a whole number" : "a finite number";
        var words = type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
            : type == typeof(string) ? "text"
            : type == typeof(bool) ? "true or false"
            : range is null ? number
            : Number(range.Maximum) is not (double.MaxValue or int.MaxValue or long.MaxValue) ? string.Create(CultureInfo.InvariantCulture,
                $"{(isWhole ? "a whole number " : "")}in {(range.MinimumIsExclusive ? '(' : '[')}{range.Minimum}, " +
                $"{range.Maximum}{(range.MaximumIsExclusive ? ')' : ']')}")
            : string.Create(CultureInfo.InvariantCulture,
                $"{number} {(range.MinimumIsExclusive ? "above" : "of at least")} {range.Minimum}");
        var schedules = !isSchedule ? ""
            : $", or a schedule of such numbers{(range?.MinimumIsExclusive == true ? " (it may end at the bound)" : "")}";
        return words + schedules + (IsNullable(property) ? $", or {NullName(property)}" : "");
    }

    private static bool Fits(PropertyInfo property, object value)
    {
        if (value.GetType().IsEnum)
        {
            return Enum.IsDefined(value.GetType(), value);
        }

        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return true;
        }

        var (least, most) = (Number(range.Minimum), Number(range.Maximum));
        return value is Schedule schedule
            ? schedule.StaysWithin(least, range.MaximumIsExclusive ? Math.BitDecrement(most) : most)
                && (!range.MinimumIsExclusive || schedule.At(1) > least)
            : Number(value) is var number && double.IsFinite(number) && (range.MinimumIsExclusive ? number > least : number >= least)
                && (range.MaximumIsExclusive ? number < most : number <= most);
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}

/// <summary>Marks an option that something else chooses where it is null: the command line calls that <c>auto</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AutoOptionAttribute : Attribute;
