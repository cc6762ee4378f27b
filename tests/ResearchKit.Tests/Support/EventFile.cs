using System.Buffers.Binary;
using System.Text;

namespace ResearchKit.Support;

/// <summary>Reads TensorBoard event files: a reader that shares no code with the kit or TorchSharp, neither for the checksum nor for the
/// messages.</summary>
internal static class EventFile
{
    /// <summary>One value of one event; a picture has its PNG, a scalar its number.</summary>
    internal sealed record Entry(long Step, double Time, string Tag, float Number, byte[]? Picture);

    /// <summary>All values of all files of a folder, by file name. Fails on a record that is torn or has a wrong checksum.</summary>
    public static List<Entry> Folder(string path) =>
        [.. Directory.GetFiles(path).Order(StringComparer.Ordinal).SelectMany(f => Values(File.ReadAllBytes(f)))];

    private static IEnumerable<Entry> Values(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Checksum(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var content = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Checksum(content), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += length + 16;
            var numbers = Fields(content); // of Event: 1 wall_time, 2 step, 3 file_version, 5 summary
            // of Value: 1 tag, 2 simple_value, 4 image
            foreach (var value in numbers.Where(f => f.Number == 5).SelectMany(f => Fields(f.Bytes)).Select(f => Fields(f.Bytes)))
            {
                var picture = value.Where(f => f.Number == 4).SelectMany(f => Fields(f.Bytes)).FirstOrDefault(f => f.Number == 4).Bytes;
                var number = value.FirstOrDefault(f => f.Number == 2).Bytes;
                yield return new Entry(
                    numbers.FirstOrDefault(f => f.Number == 2).Whole,
                    BitConverter.ToDouble(numbers.Single(f => f.Number == 1).Bytes),
                    Encoding.UTF8.GetString(value.Single(f => f.Number == 1).Bytes),
                    number is null ? 0 : BitConverter.ToSingle(number),
                    picture);
            }
        }
    }

    // Protocol buffers' wire format: varint, eight bytes, counted bytes, four bytes.
    private static List<(int Number, long Whole, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, long, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint();
            var whole = (key & 7) == 0 ? Varint() : 0;
            var count = (key & 7) switch { 0 => 0, 1 => 8, 2 => (int)Varint(), 5 => 4,
                var other => throw new InvalidDataException($"wire type {other}") };
            fields.Add(((int)(key >> 3), whole, message[at..(at + count)]));
            at += count;

            long Varint()
            {
                long value = 0;
                for (var shift = 0; ; shift += 7)
                {
                    var b = message[at++];
                    value |= (long)(b & 0x7f) << shift;
                    if (b < 0x80)
                    {
                        return value;
                    }
                }
            }
        }

        return fields;
    }

    // CRC-32C bit by bit, then masked as TFRecord has it.
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0x82F63B78 ^ (crc >> 1) : crc >> 1;
            }
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
