using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>Opens the files of image sets, which may be compressed; what goes wrong becomes a <see cref="DataFileException"/>.</summary>
internal static class GzipFile
{
    /// <summary>Opens a file for a reader, which is told whether it is gzip by its content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What is damaged where decompression or the archive fails, for errors.</param>
    /// <param name="read">Reads the file from its first byte.</param>
    public static T Read<T>(string path, string content, Func<FileStream, bool, T> read)
    {
        try
        {
            using var file = File.OpenRead(path);
            var isCompressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return file.Length > 0 ? read(file, isCompressed) : throw new DataFileException(path, "the file is empty; get it again.");
        }
        // the last four: .NET's tar reader at damaged headers
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException
            or FormatException or OverflowException or NotSupportedException or ArgumentOutOfRangeException)
        {
            throw new DataFileException(path, $"{content} is damaged or cut short; get the file again.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "no such file. `researchkit data list` shows what is here and what can be fetched.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, $"cannot be read ({e.Message}); name a file that you may read.", e);
        }
    }
}
