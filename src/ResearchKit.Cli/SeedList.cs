using System.Globalization;

namespace ResearchKit.Cli;

/// <summary>Seeds on a command line: <c>0..4</c>, or <c>3,5,8</c>.</summary>
internal static class SeedList
{
    private const int MostSeeds = 100_000;

    public static long[] Parse(string text)
    {
        long Number(string part) =>
            long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                ? n
                : throw new UsageException($"--seeds must be like 0..4 or 3,5,8, not '{text}'.");
        if (text.Split("..") is [var first, var last])
        {
            var (from, to) = (Number(first), Number(last));
            if (to - from >= MostSeeds)
            {
                throw new UsageException($"--seeds {text} are more than {MostSeeds} seeds.");
            }

            return from <= to
                ? [.. Enumerable.Range(0, (int)(to - from + 1)).Select(i => from + i)]
                : throw new UsageException($"--seeds must go upwards, not '{text}'.");
        }

        return [.. text.Split(',').Select(Number)];
    }
}
