using ResearchKit.Files;

namespace ResearchKit.Data.Catalog;

/// <summary>Brings a data set's files to this machine: from the first source that has them, checked, and renamed into place when
/// complete.</summary>
/// <param name="catalog">The catalog that says where and what.</param>
public sealed class DataFetcher(DataCatalog catalog)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Web = new() { Timeout = Patience };

    /// <summary>Fetches every file of a set that is not there, intact, already.</summary>
    /// <param name="set">The set.</param>
    /// <param name="report">Told one line for each file: its name and where it came from.</param>
    /// <param name="progress">Told, each time another hundredth of a file has come, the file and its bytes so far; null tells
    /// nobody.</param>
    /// <param name="cancellation">Stops between two blocks; unfinished files are removed.</param>
    /// <exception cref="DataFileException">No source had a file (the message says where it looked and what was wrong), or the folder cannot
    /// be written to.</exception>
    public async Task FetchAsync(CatalogEntry set, Action<string> report, Action<CatalogFile, long>? progress = null,
        CancellationToken cancellation = default)
    {
        var folder = catalog.FolderOf(set);
        if (set.Sources is [{ Make: not null } source]
            && set.Files.Any(f => catalog.Check(set, f) is FileState.Absent or FileState.Damaged))
        {
            await MakeAsync(set, source, folder, report, cancellation).ConfigureAwait(false);
        }

        foreach (var file in set.Files)
        {
            if (catalog.Check(set, file) is var state and (FileState.Intact or FileState.OfAnotherVersion))
            {
                report(state == FileState.Intact ? $"{file.Name}: here already, SHA-256 matches"
                    : $"{file.Name}: made by another version than the catalog's; its numbers compare with those of the SHA-256 " +
                        $"{DataCatalog.Sha256Of(Path.Combine(folder, file.Name))} only");
                continue;
            }

            if (set.Sources.Count == 0)
            {
                throw new DataFileException(Path.Combine(folder, file.Name),
                    "this file ships with the kit and is missing or damaged; restore it with `git checkout -- data`.");
            }

            report($"{file.Name}: from {await FetchFileAsync(set, file, folder, progress, cancellation).ConfigureAwait(false)}, SHA-256 " +
                $"matches");
        }
    }

    // All files at once, beside their place, and into it when they are what the catalog says.
    private static async Task MakeAsync(CatalogEntry set, CatalogSource source, string folder, Action<string> report,
        CancellationToken cancellation)
    {
        var part = $"{folder}.{Guid.NewGuid():N}.part";
        try
        {
            Made(part);
            await (source.Make switch
            {
                DrumSamples.Recipe => DrumSamples.MakeAsync(source, part, report, cancellation),
                SpokenDigits.Recipe => SpokenDigits.MakeAsync(source, part, report, cancellation),
                var emoji => EmojiSets.MakeAsync(emoji!, part, report, cancellation),
            }).ConfigureAwait(false);
            foreach (var file in set.Files)
            {
                var sum = DataCatalog.Sha256Of(Path.Combine(part, file.Name));
                if (sum != file.Sha256 && !file.Varies)
                {
                    throw new DataFileException(file.Name, $"it was made with the SHA-256 {sum}, not {file.Sha256}: what it is made of " +
                        "is another here, or is decoded in another way; report it, with what `researchkit info` prints.");
                }
            }

            foreach (var file in Directory.EnumerateFiles(part, "*", SearchOption.AllDirectories).ToList()
                .OrderBy(f => Path.GetFileName(f) == FileSums.Name)) // the list when all is there that it names
            {
                var target = Path.Combine(folder, Path.GetRelativePath(part, file));
                Made(Path.GetDirectoryName(target)!);
                File.Move(file, target, overwrite: true);
            }
        }
        finally
        {
            if (Directory.Exists(part))
            {
                Directory.Delete(part, recursive: true);
            }
        }

        static string Made(string path)
        {
            try
            {
                return Directory.CreateDirectory(path).FullName;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(path, e);
            }
        }
    }

    private static DataFileException CannotWrite(string folder, Exception e) => new(folder,
        $"this folder cannot be written to ({e.Message}); set {DataCatalog.FolderVariable} to another one.", e);

    private static async Task<string> FetchFileAsync(CatalogEntry set, CatalogFile file, string folder, Action<CatalogFile, long>? progress,
        CancellationToken cancellation)
    {
        var target = Path.Combine(folder, file.Name);
        var part = $"{target}.{Guid.NewGuid():N}.part"; // two fetches at once do not meet
        var attempts = new List<string>();
        foreach (var source in set.Sources)
        {
            try
            {
                await using (var to = Create(folder, part))
                {
                    await CopyAsync(source.Where, file, to, progress, cancellation).ConfigureAwait(false);
                }

                var location = source.Where + file.Name;
                var sum = DataCatalog.Sha256Of(part);
                if (sum == file.Sha256)
                {
                    File.Move(part, target, overwrite: true);
                    return location;
                }

                attempts.Add($"{location}: SHA-256 is {sum}, not {file.Sha256}");
            }
            catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException
                || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                attempts.Add($"{source.Where}: {e.Message} ({source.Hint})");
            }
            finally
            {
                if (File.Exists(part))
                {
                    File.Delete(part);
                }
            }
        }

        throw new DataFileException(target, $"could not be fetched. Looked in:{Environment.NewLine}  " +
            $"{string.Join(Environment.NewLine + "  ", attempts)}{Environment.NewLine}Put the files into {folder} yourself where there " +
            $"is another way; `researchkit data verify {set.Name}` checks them.");
    }

    private static FileStream Create(string folder, string part)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return File.Create(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(folder, e);
        }
    }

    private static async Task CopyAsync(string where, CatalogFile file, FileStream to, Action<CatalogFile, long>? progress,
        CancellationToken cancellation)
    {
        var isWeb = where.StartsWith("http://", StringComparison.Ordinal) || where.StartsWith("https://", StringComparison.Ordinal);
        await using var from = isWeb
            ? await Web.GetStreamAsync(new Uri(where + file.Name), cancellation).ConfigureAwait(false)
            : File.OpenRead(where + file.Name);
        var buffer = new byte[1 << 16];
        for (long bytes = 0, told = 0; ;)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(Patience);
            var count = await from.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }

            bytes += count;
            if (bytes > file.Bytes)
            {
                throw new IOException($"{file.Name} is longer than its {file.Bytes} bytes");
            }

            await to.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            if (bytes - told >= file.Bytes / 100 || bytes == file.Bytes)
            {
                told = bytes;
                progress?.Invoke(file, bytes);
            }
        }
    }
}
