namespace ResearchKit.Data.Catalog;

/// <summary>Brings a data set's files to this machine: from the first source that has them, checked, and renamed into place when complete.</summary>
/// <param name="catalog">The catalog that says where and what.</param>
public sealed class DataFetcher(DataCatalog catalog)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Web = new() { Timeout = Patience };

    /// <summary>Fetches every file of a set that is not there, intact, already.</summary>
    /// <param name="set">The set.</param>
    /// <param name="report">Told one line for each file: its name and where it came from.</param>
    /// <param name="cancellation">Stops between two blocks; unfinished files are removed.</param>
    /// <exception cref="DataFileException">No source had a file; the message says where it looked and what was wrong.</exception>
    public async Task FetchAsync(CatalogEntry set, Action<string> report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(report);
        var folder = catalog.FolderOf(set);
        foreach (var file in set.Files)
        {
            if (catalog.Check(set, file) == FileState.Intact)
            {
                report($"{file.Name}: here already, SHA-256 matches");
                continue;
            }

            if (set.Sources.Count == 0)
            {
                throw new DataFileException(Path.Combine(folder, file.Name), "this file ships with the kit and is missing or damaged; restore it with `git checkout -- data`.");
            }

            Directory.CreateDirectory(folder);
            report($"{file.Name}: from {await FetchFileAsync(set, file, Path.Combine(folder, file.Name), cancellation).ConfigureAwait(false)}, SHA-256 matches");
        }
    }

    private static async Task<string> FetchFileAsync(CatalogEntry set, CatalogFile file, string target, CancellationToken cancellation)
    {
        var part = $"{target}.{Guid.NewGuid():N}.part"; // two fetches at once do not meet
        var attempts = new List<string>();
        foreach (var source in set.Sources)
        {
            try
            {
                var location = await CopyAsync(source.Where, file.Name, part, cancellation).ConfigureAwait(false);
                var sum = DataCatalog.Sha256Of(part);
                if (sum == file.Sha256)
                {
                    File.Move(part, target, overwrite: true);
                    return location;
                }

                attempts.Add($"{location}: SHA-256 is {sum}, not {file.Sha256}");
            }
            catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                attempts.Add($"{source.Where}: {e.Message} ({source.Hint})");
            }
            finally
            {
                File.Delete(part);
            }
        }

        throw new DataFileException(target, $"could not be fetched. Looked in:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", attempts)}");
    }

    private static async Task<string> CopyAsync(string where, string name, string part, CancellationToken cancellation)
    {
        var location = where + name;
        var isWeb = where.StartsWith("http://", StringComparison.Ordinal) || where.StartsWith("https://", StringComparison.Ordinal);
        await using var from = isWeb
            ? await Web.GetStreamAsync(new Uri(location), cancellation).ConfigureAwait(false)
            : File.OpenRead(location);
        await using var to = File.Create(part);
        var buffer = new byte[1 << 16];
        while (true)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(Patience);
            var count = await from.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (count == 0)
            {
                return location;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
        }
    }
}
