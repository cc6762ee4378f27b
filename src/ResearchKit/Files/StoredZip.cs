using System.Buffers.Binary;
using System.Text;
using ICSharpCode.SharpZipLib.Checksum;

namespace ResearchKit.Files;

/// <summary>One record of an archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where its local header begins.</param>
/// <param name="Length">Its bytes in the file.</param>
/// <param name="Checksum">Its CRC-32.</param>
/// <param name="IsStored">Whether its bytes stand there as they are, neither packed nor encrypted.</param>
internal sealed record StoredRecord(string Name, long Start, long Length, uint Checksum, bool IsStored);

/// <summary>The records of a zip archive whose bytes are stored, as torch.save writes them.</summary>
/// <remarks>
/// PKWARE's APPNOTE, 4.3 and 4.5.3, with sizes of 64 bits. Nothing is unpacked, so there are no bombs; records may not lie beyond the file,
/// nor take more bytes than it has. Own code, since .NET's ZipArchive takes memory for every record before a limit can be checked, and
/// compares no checksums.
/// </remarks>
internal sealed class StoredZip
{
    private const int EndBytes = 22;
    private const int LongestComment = ushort.MaxValue;
    private const int LargestDirectory = 1 << 25;
    private const int RecordBytes = 200; // what one takes beside its name

    private readonly FileStream _file;
    private readonly string _path;
    private readonly Dictionary<string, StoredRecord> _records = [];

    private StoredZip(FileStream file, string path) => (_file, _path) = (file, path);

    /// <summary>The records by name.</summary>
    public IReadOnlyDictionary<string, StoredRecord> Records => _records;

    /// <summary>Reads the directory of an archive.</summary>
    /// <exception cref="DataFileException">There is none, it is damaged or hostile, or too long.</exception>
    public static StoredZip Open(FileStream file, string path, PickleBudget budget)
    {
        var zip = new StoredZip(file, path);
        var (start, length, count) = zip.FindDirectory();
        var left = file.Length;
        var directory = zip.ReadAt(start, length);
        for (var at = 0; count > 0; count--)
        {
            var (record, size) = zip.Record(directory.AsSpan(at));
            at += size;
            budget.Take(RecordBytes + sizeof(char) * record.Name.Length);
            left -= record.Length;
            var problem = NpzFile.LeadsOut(record.Name) ? "has a name that leads out of the archive; do not trust this file"
                : record.Length < 0 || record.Start < 0 || left < 0 || record.Start > file.Length - record.Length
                ? "lies beyond the end of the file or over another; the file is cut short or not to be trusted, get it again"
                : !zip._records.TryAdd(record.Name, record) ? "is there twice; do not trust this file"
                : null;
            if (problem is not null)
            {
                throw zip.Wrong(record.Name, problem);
            }
        }

        return zip;
    }

    /// <summary>The bytes of a record, which may have so many at most.</summary>
    public byte[] Bytes(string name, int most)
    {
        var record = Find(name);
        if (record.Length > most)
        {
            throw Wrong(name, $"has {record.Length} bytes, and {most} are the limit; save the tensors alone, with " +
                $"torch.save(model.state_dict(), FILE)");
        }

        Seek(record);
        var bytes = new byte[record.Length];
        _file.ReadExactly(bytes);
        var checksum = new Crc32();
        checksum.Update(bytes);
        Compare(record, checksum);
        return bytes;
    }

    /// <summary>Fills a new one-dimensional tensor with all of a record.</summary>
    public Tensor Tensor(string name, ElementType type, long count, bool reverse)
    {
        var record = Find(name);
        if (record.Length != count * type.Size)
        {
            throw Wrong(name, $"has {record.Length} bytes where {count * type.Size} are due; the file is damaged, get it again");
        }

        Seek(record);
        var tensor = TensorFile.Allocate(_path, [count], type.Scalar);
        try
        {
            var checksum = new Crc32();
            TensorFile.Fill(tensor, _file, reverse, checksum);
            Compare(record, checksum);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private StoredRecord Find(string name) => !_records.TryGetValue(name, out var record)
        ? throw new DataFileException(_path, $"the archive has no record {TensorFile.Quote(name)}; the file is damaged, get it again.")
        : record.IsStored ? record
        : throw Wrong(name, "is packed or encrypted, which torch.save never does; load the file in Python and save it again");

    private (long Start, int Length, long Count) FindDirectory()
    {
        var tail = ReadAt(Math.Max(_file.Length - EndBytes - LongestComment, 0), (int)Math.Min(_file.Length, EndBytes + LongestComment));
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (!end.StartsWith("PK\u0005\u0006"u8) || U16(end, 20) != end.Length - EndBytes)
            {
                continue;
            }

            long count = U16(end, 10), length = U32(end, 12), start = U32(end, 16), before = _file.Length - tail.Length + at;
            if (count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue)
            {
                // the locator stands before, and says where the record of 64 bits is
                var locator = ReadAt(before - 20, 20);
                var large = locator.AsSpan().StartsWith("PK\u0006\u0007"u8) ? ReadAt(I64(locator, 8), 56) : [];
                if (!large.AsSpan().StartsWith("PK\u0006\u0006"u8))
                {
                    break;
                }

                (count, length, start) = (I64(large, 32), I64(large, 40), I64(large, 48));
            }

            if (start < 0 || length < 0 || count < 0 || start > before - length)
            {
                break;
            }

            return length > LargestDirectory
                ? throw new DataFileException(_path, $"the archive's directory has {length} bytes, and {LargestDirectory} are the limit; " +
                    "save the tensors alone, with torch.save(model.state_dict(), FILE).")
                : (start, (int)length, count);
        }

        throw Damaged();
    }

    // A record of the directory, and the bytes that it takes there.
    private (StoredRecord Record, int Size) Record(ReadOnlySpan<byte> entry)
    {
        if (entry.Length < 46 || !entry.StartsWith("PK\u0001\u0002"u8)
            || entry.Length < 46 + U16(entry, 28) + U16(entry, 30) + U16(entry, 32))
        {
            throw Damaged();
        }

        var (nameLength, extraLength) = (U16(entry, 28), U16(entry, 30));
        var extra = entry.Slice(46 + nameLength, extraLength);
        long packed = U32(entry, 20), length = U32(entry, 24), start = U32(entry, 42);
        while (extra.Length >= 4 && U16(extra, 2) <= extra.Length - 4)
        {
            var field = extra.Slice(4, U16(extra, 2));
            if (U16(extra, 0) == 1) // sizes of 64 bits, those that do not fit above
            {
                length = Wide(length, ref field);
                packed = Wide(packed, ref field);
                start = Wide(start, ref field);
            }

            extra = extra[(4 + U16(extra, 2))..];
        }

        var isStored = U16(entry, 10) == 0 && (U16(entry, 8) & 1) == 0 && packed == length;
        return (new StoredRecord(Encoding.UTF8.GetString(entry.Slice(46, nameLength)), start, packed, (uint)U32(entry, 16), isStored),
            46 + nameLength + extraLength + U16(entry, 32));
    }

    private static long Wide(long narrow, ref ReadOnlySpan<byte> field)
    {
        if (narrow != uint.MaxValue || field.Length < sizeof(long))
        {
            return narrow;
        }

        var wide = I64(field, 0);
        field = field[sizeof(long)..];
        return wide;
    }

    // The local header has a name and extra fields of its own, behind which the bytes begin.
    private void Seek(StoredRecord record)
    {
        var local = ReadAt(record.Start, 30);
        var start = record.Start + 30 + U16(local, 26) + U16(local, 28);
        if (!local.AsSpan().StartsWith("PK\u0003\u0004"u8) || start > _file.Length - record.Length)
        {
            throw Damaged();
        }

        _file.Position = start;
    }

    private void Compare(StoredRecord record, Crc32 checksum)
    {
        if (checksum.Value != record.Checksum)
        {
            throw Wrong(record.Name, "does not have the checksum that the archive states; the file is damaged, get it again");
        }
    }

    private byte[] ReadAt(long position, int count)
    {
        if (position < 0 || position > _file.Length - count)
        {
            throw Damaged();
        }

        var bytes = new byte[count];
        _file.Position = position;
        _file.ReadExactly(bytes);
        return bytes;
    }

    private DataFileException Wrong(string name, string problem) => new(_path, $"the record {TensorFile.Quote(name)} {problem}.");

    private DataFileException Damaged() => new(_path, "it begins as a zip archive does, and its directory is damaged or cut short; get " +
        "the file again.");

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static long U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
