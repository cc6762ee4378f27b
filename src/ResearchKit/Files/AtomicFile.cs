namespace ResearchKit.Files;

/// <summary>Writes files whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Whether an error is the system's word on a file: no space, no permission, a limit on its length (which .NET calls an
    /// argument out of range).</summary>
    public static bool IsFault(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>What the system said, fit to stand inside a sentence.</summary>
    public static string Word(Exception e) =>
        e is ArgumentException ? "it would be longer than a file may be here" : e.Message.TrimEnd('.');

    /// <summary>Writes beside the final name and renames, so that a reader never sees half a file and an error leaves the old one. Makes
    /// missing folders.</summary>
    public static void Write(string path, byte[] content) => Write(path, file => file.Write(content));

    /// <summary>The same for content that is written piece by piece into a stream that can seek.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var part = $"{full}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(file);
                file.Flush(flushToDisk: true); // else a power cut can leave the new name with an empty file
            }

            File.Move(part, full, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
