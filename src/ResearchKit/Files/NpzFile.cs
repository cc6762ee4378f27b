using System.IO.Compression;
using System.Security.Cryptography;
using ICSharpCode.SharpZipLib.Checksum;

namespace ResearchKit.Files;

/// <summary>Reads and writes .npz files, NumPy's archives of named arrays, such as the `mu` and `sigma` that pytorch-fid stores.</summary>
/// <remarks>
/// "numpy.savez": a zip archive of .npy members, stored or deflated; each member's checksum is compared. Limits: those of
/// <see cref="NpyFile"/> a member; what is read may unpack to 256 MiB, or to a hundred times the file's length where that is more.
/// </remarks>
public static class NpzFile
{
    private const string Suffix = ".npy";

    // Features and images rarely shrink tenfold. Arrays of zeros may shrink a thousandfold, so small totals pass anyhow.
    private const long AlwaysAllowed = 1L << 28;
    private const int LargestRatio = 100;

    // The earliest time that zip can say: equal content gives equal bytes.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads all arrays, or some.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The arrays to read, without ".npy"; null for all. The others are not unpacked.</param>
    /// <returns>Tensors on the CPU, dtypes as <see cref="NpyFile.Read(string)"/> gives them; no metadata. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, has members that are no .npy arrays of numbers, or has
    /// no array of a name.</exception>
    public static TensorCollection Read(string path, IReadOnlyCollection<string>? names = null) => TensorFile.Read(path, file =>
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var members = Members(archive, file.Length, path);
            if (names?.FirstOrDefault(n => !members.ContainsKey(n)) is { } absent)
            {
                throw new DataFileException(path, $"there is no array {TensorFile.Quote(absent)} among " +
                    $"{string.Join(", ", members.Keys.Take(10).Select(TensorFile.Quote))}; check the name.");
            }

            var wanted = (names?.Distinct() ?? members.Keys).ToDictionary(n => n, n => members[n]);
            CheckExpansion(wanted.Values, file.Length, path);
            return TensorCollection.Fill(metadata: null, tensors =>
            {
                foreach (var (name, entry) in wanted)
                {
                    tensors.Add(name, ReadMember(entry, path, $"array {TensorFile.Quote(name)}: "));
                }
            });
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
    /// <param name="tensors">Arrays by name, without ".npy"; dtypes as <see cref="NpyFile.Write(string, Tensor)"/> takes them. They are
    /// written in the order of their names.</param>
    /// <param name="compress">Whether to deflate the members, as numpy.savez_compressed does, or to store them, as numpy.savez
    /// does.</param>
    /// <exception cref="ArgumentException">A dtype is another, or a name is empty, comes twice or leads out of the archive.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compress = false)
    {
        var sorted = tensors.Select(t => (Name: t.Key, Tensor: t.Value, Type: NpyFile.TypeOf(t.Value)))
            .OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        if (sorted.FirstOrDefault(t => t.Name is "" || LeadsOut(t.Name)).Name is { } wrong)
        {
            throw new ArgumentException($"{TensorFile.Quote(wrong)} cannot name an array in an archive; use letters and digits.",
                nameof(tensors));
        }

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
                var entry = archive.CreateEntry(name + Suffix, compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
                entry.LastWriteTime = NoTime;
                using var stream = entry.Open();
                NpyFile.Write(stream, tensor, type);
            }
        });
    }

    internal static bool LeadsOut(string name) =>
        name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Split('/').Contains("..");

    // By array name, in the archive's order; checked before any is opened.
    private static Dictionary<string, ZipArchiveEntry> Members(ZipArchive archive, long fileLength, string path)
    {
        var members = new Dictionary<string, ZipArchiveEntry>();
        var left = fileLength;
        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName;
            var problem = LeadsOut(name) ? "has a name that leads out of the archive; do not trust this file"
                : !name.EndsWith(Suffix, StringComparison.Ordinal) ? "is no .npy array; write the archive with numpy.savez"
                : entry.IsEncrypted ? "is encrypted; write the archive again without a password"
                : !members.TryAdd(name[..^Suffix.Length], entry) ? "is there twice; write the archive again with one array a name"
                : null;
            if (problem is not null)
            {
                throw new DataFileException(path, $"the member {TensorFile.Quote(name)} {problem}.");
            }

            left = entry.CompressedLength < 0 || entry.Length < 0 || entry.CompressedLength > left
                ? throw new DataFileException(path, $"its members take more bytes than the file's {fileLength}, so they overlap or are " +
                    $"cut short; do not trust this file.")
                : left - entry.CompressedLength;
        }

        return members;
    }

    private static void CheckExpansion(IEnumerable<ZipArchiveEntry> entries, long fileLength, string path)
    {
        var limit = Math.Max(AlwaysAllowed, fileLength > long.MaxValue / LargestRatio ? long.MaxValue : fileLength * LargestRatio);
        var left = limit;
        foreach (var entry in entries)
        {
            left = entry.Length > left
                ? throw new DataFileException(path, $"its {fileLength} bytes would unpack to more than {limit}, as a zip bomb's do; if " +
                    $"you trust the file, unpack it and read the .npy files.")
                : left - entry.Length;
        }
    }

    private static Tensor ReadMember(ZipArchiveEntry entry, string path, string where)
    {
        using var checksum = new Checksum();
        // Buffered, since a CryptoStream that is given up flushes what it reads from, which a member does not allow.
        using var stream = new CryptoStream(new BufferedStream(entry.Open()), checksum, CryptoStreamMode.Read);
        var tensor = NpyFile.Read(stream, entry.Length, path, where);
        if (stream.ReadByte() < 0 && checksum.Value == entry.Crc32)
        {
            return tensor;
        }

        tensor.Dispose();
        throw new DataFileException(path, $"{where}its bytes do not give the checksum and the length that the archive states; the file " +
            $"is damaged, get it again.");
    }

    // .NET 10's zip reader does not compare its members with their checksums, so what is read goes by here.
    private sealed class Checksum : HashAlgorithm
    {
        private readonly Crc32 _crc = new();

        public uint Value { get; private set; }

        public override void Initialize() => _crc.Reset();

        protected override void HashCore(byte[] array, int ibStart, int cbSize) =>
            _crc.Update(new ArraySegment<byte>(array, ibStart, cbSize));

        protected override byte[] HashFinal()
        {
            Value = (uint)_crc.Value;
            return [];
        }
    }
}
