using System.Text;
using ResearchKit.Files;

namespace ResearchKit.Data.Text;

/// <summary>Text files as sets of samples: one sample a line.</summary>
public static class TextFile
{
    /// <summary>Whether a name is one of a text file: it ends in <c>.txt</c>.</summary>
    /// <param name="path">The name; the file need not be there.</param>
    public static bool IsOne(string path) => path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the lines of a file.</summary>
    /// <param name="path">A file in UTF-8, with or without a byte order mark; lines end as on any system.</param>
    /// <returns>Its lines in order, without white space at their ends and without empty ones. Tabs and the like become spaces.</returns>
    /// <exception cref="DataFileException">The file is missing, in another encoding, binary, or holds no line.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        var lines = new List<string>();
        var number = 0;
        try
        {
            using var stream = File.OpenRead(path);
            var isUtf16 = (stream.ReadByte(), stream.ReadByte()) is (0xFE, 0xFF) or (0xFF, 0xFE);
            stream.Position = 0;
            if (isUtf16)
            {
                throw new DataFileException(path, "this is text in UTF-16; save it as UTF-8.");
            }

            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), true);
            for (; reader.ReadLine() is { } line; number++)
            {
                var text = Spaced(line, path, number + 1);
                if (text.Length > 0)
                {
                    lines.Add(text);
                }
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFileException(path, "this is no text in UTF-8; save it as UTF-8, where it is text in another encoding.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, Directory.Exists(path) ? "this is a folder; name a text file."
                : File.Exists(path) ? $"it cannot be read: {e.Message}" : "there is no such file.", e);
        }

        return lines.Count > 0 ? lines : throw new DataFileException(path, "it holds no line of text; give a file with one sample a line.");
    }

    /// <summary>Writes lines, whole or not at all.</summary>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="lines">The lines.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<string> lines) =>
        TensorFile.Write(path, file => file.Write(Encode(lines)));

    /// <summary>The bytes of that file: UTF-8 without a byte order mark, each line with a line feed.</summary>
    /// <param name="lines">The lines.</param>
    public static byte[] Encode(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    // Without control characters, which no text has and a terminal would obey.
    private static string Spaced(string line, string path, int number)
    {
        var text = line.Any(char.IsControl) ? string.Concat(line.Select(c => char.IsControl(c) && char.IsWhiteSpace(c) ? ' ' : c)) : line;
        return text.FirstOrDefault(char.IsControl) is var odd && text.Any(char.IsControl)
            ? throw new DataFileException(path, $"line {number} holds the control character U+{(int)odd:X4}, so this is no plain text.")
            : text.Trim();
    }
}
