using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using ResearchKit.Schedules;

namespace ResearchKit.Registers;

/// <summary>Checks a record of options against the ranges that stand beside its properties (<see cref="RangeAttribute"/>).</summary>
/// <remarks>An option that is null is not set and fits. A schedule must stay within the range at every step.</remarks>
public static class OptionRanges
{
    /// <summary>An option's name as the command line and JSON have it: the property's, in camel case.</summary>
    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>Checks every property that has a range, and every enumeration.</summary>
    /// <param name="options">The record.</param>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public static void Check(object options)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            if (property.GetValue(options) is { } value && Problem(property, value) is { } range)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"The option {NameOf(property)} is {value}; it must be {range}."));
            }
        }
    }

    private static string? Problem(PropertyInfo property, object value)
    {
        if (value.GetType().IsEnum)
        {
            return Enum.IsDefined(value.GetType(), value) ? null : $"one of {string.Join(", ", Enum.GetNames(value.GetType()))}";
        }

        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return null;
        }

        var (least, most) = (Number(range.Minimum), Number(range.Maximum));
        var holds = value is Schedule schedule
            ? schedule.StaysWithin(least, most) && (!range.MinimumIsExclusive || schedule.At(1) > least)
            : Number(value) is var number && double.IsFinite(number) && (range.MinimumIsExclusive ? number > least : number >= least)
                && (range.MaximumIsExclusive ? number < most : number <= most);
        return holds ? null : Words(range, least, most, value is Schedule);
    }

    private static string Words(RangeAttribute range, double least, double most, bool isSchedule)
    {
        var unbounded = most is double.MaxValue or int.MaxValue or long.MaxValue;
        var interval = string.Create(CultureInfo.InvariantCulture,
            $"in {(range.MinimumIsExclusive ? '(' : '[')}{least}, {most}{(range.MaximumIsExclusive ? ')' : ']')}");
        var words = !unbounded ? interval
            : string.Create(CultureInfo.InvariantCulture,
                $"a finite number {(range.MinimumIsExclusive ? "above" : "of at least")} {least}");
        return !isSchedule ? words
            : $"{words}, or a schedule of such numbers{(range.MinimumIsExclusive ? " (it may end at the bound)" : "")}";
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
