using System.Reflection;

namespace ResearchKit.Notebooks.Files;

/// <summary>Whole texts: written to disk, and read from an assembly.</summary>
internal static class TextFiles
{
    /// <summary>Writes UTF-8 beside the final name and renames, so that an error leaves the old file.</summary>
    public static void Write(string path, string text)
    {
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            File.WriteAllText(part, text, new UTF8Encoding(false));
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>An embedded resource; by default one of this assembly.</summary>
    public static string ReadEmbedded(string name, Assembly? assembly = null)
    {
        using var reader = new StreamReader((assembly ?? typeof(TextFiles).Assembly).GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
