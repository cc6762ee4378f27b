using System.IO.Compression;

namespace ResearchKit.Files;

/// <summary>Reads and writes .npz files, NumPy's archives of named arrays, such as the `mu` and `sigma` that pytorch-fid stores.</summary>
/// <remarks>
/// "numpy.savez": a zip archive of .npy members, stored or deflated; each member's checksum is compared. Limits: those of
/// <see cref="NpyFile"/> a member; what is read may
/// unpack to 256 MiB, or to a hundred times the file's length where that is more.
/// </remarks>
public static class NpzFile
{
    // The earliest time that zip can say: equal content gives equal bytes.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads all arrays, or some.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The arrays to read, without ".npy"; null for all. The others are not unpacked.</param>
    /// <returns>Tensors on the CPU, dtypes as <see cref="NpyFile.Read"/> gives them; no metadata. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, has members that are no .npy arrays of numbers, or has
    /// no array of a name.</exception>
    public static TensorCollection Read(string path, IReadOnlyCollection<string>? names = null) => TensorFile.Read(path, file =>
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var members = NpzMembers.Of(archive, file.Length, path);
            if (names?.FirstOrDefault(n => !members.ContainsKey(n)) is { } absent)
            {
                throw new DataFileException(path,
                    $"there is no array {TensorFile.Quote(absent)} among {string.Join(", " +
                    "", members.Keys.Take(10).Select(TensorFile.Quote))}; check the name.");
            }

            var wanted = (names?.Distinct() ?? members.Keys).ToDictionary(n => n, n => members[n]);
            NpzMembers.CheckExpansion(wanted.Values, file.Length, path);
            return ReadAll(wanted, path);
        }
        catch (InvalidDataException e)
        {
            throw new DataFileException(path,
                "this is no zip archive, a damaged one, or one packed otherwise than stored or deflated; write it with numpy.savez.", e);
        }
        catch (EndOfStreamException e)
        {
            throw new DataFileException(path, "a member of the archive is cut short; get the file again.", e);
        }
    });

    /// <summary>Writes arrays whole or not at all. Equal content gives equal bytes.</summary>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="tensors">Arrays by name, without ".npy"; dtypes as <see cref="NpyFile.Write"/> takes them. They are written in the
    /// order of their names.</param>
    /// <param name="compress">Whether to deflate the members, as numpy.savez_compressed does, or to store them, as numpy.savez
    /// does.</param>
    /// <exception cref="ArgumentException">A dtype is another, or a name is empty, comes twice or leads out of the archive.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compress = false)
    {
        var sorted = tensors.Select(t => (Name: CheckName(t.Key), Tensor: t.Value, Type: NpyArray.TypeOf(t.Value)))
            .OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        if (sorted.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"An archive cannot hold {twice.Count()} arrays called {TensorFile.Quote(twice.Key)}; give each " +
                $"a name of its own.", nameof(tensors));
        }

        TensorFile.Write(path, file =>
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, tensor, type) in sorted)
            {
                var entry = archive.CreateEntry(name + NpzMembers.Suffix, compress ? CompressionLevel.Optimal
                    : CompressionLevel.NoCompression);
                entry.LastWriteTime = NoTime;
                using var stream = entry.Open();
                NpyArray.Write(stream, tensor, type);
            }
        });
    }

    private static TensorCollection ReadAll(Dictionary<string, ZipArchiveEntry> members, string path)
    {
        var tensors = new TensorCollection();
        try
        {
            foreach (var (name, entry) in members)
            {
                var where = $"array {TensorFile.Quote(name)}: ";
                using var stream = new ChecksumStream(entry.Open());
                tensors.Add(name, NpyArray.Read(stream, entry.Length, path, where));
                if (stream.ReadByte() >= 0 || stream.Crc != entry.Crc32)
                {
                    throw new DataFileException(path, $"{where}its bytes do not give the checksum and the length that the archive " +
                        $"states; the file is damaged, get it again.");
                }
            }

            return tensors;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    private static string CheckName(string name) =>
        name is "" || name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Split('/').Contains("..")
        ? throw new ArgumentException($"{TensorFile.Quote(name)} cannot name an array in an archive; use letters and digits.", nameof(name))
        : name;
}
