using System.Text;

namespace ResearchKit.Notebooks.Files;

/// <summary>Writes text files whole or not at all.</summary>
internal static class AtomicText
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
}
