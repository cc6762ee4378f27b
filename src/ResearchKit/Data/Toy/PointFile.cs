using System.Globalization;
using ResearchKit.Files;

namespace ResearchKit.Data.Toy;

/// <summary>Reads a user's own points from a text file: one point a line, numbers separated by commas, semicolons, tabs or
/// spaces.</summary>
public static class PointFile
{
    private static readonly char[] Separators = [',', ';', '\t', ' '];

    /// <summary>Reads the file. Empty lines and lines that start with <c>#</c> are passed over, and so is a first line of column
    /// names.</summary>
    /// <param name="path">The file.</param>
    /// <returns>float32, shape (N, D), D being the numbers of the first point. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, holds no point, or a line is no point of that length; the message names the
    /// line.</exception>
    public static Tensor Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var points = new List<float[]>();
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(path))
            {
                number++;
                var fields = line.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (fields.Length == 0 || fields[0].StartsWith('#') || (number == 1 && !fields.Any(f => TryParse(f, out _))))
                {
                    continue;
                }

                points.Add(Parse(fields, path, number, points.Count > 0 ? points[0].Length : fields.Length));
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, $"cannot be read ({e.Message}); name a file that you may read.", e);
        }

        return points.Count > 0
            ? tensor(points.SelectMany(p => p).ToArray(), [points.Count, points[0].Length])
            : throw new DataFileException(path, "holds no point; write one a line, numbers separated by commas, for example `0.5, -1.25`.");
    }

    private static float[] Parse(string[] fields, string path, int line, int length)
    {
        if (fields.Length != length)
        {
            throw new DataFileException(path, $"line {line} has {fields.Length} number(s), the points before it have {length}.");
        }

        return [.. fields.Select(f => TryParse(f, out var value) ? value
            : throw new DataFileException(path, $"line {line}: '{f}' is not a finite number."))];
    }

    private static bool TryParse(string text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
}
