using System.Buffers.Binary;
using System.Numerics;
using Tensorboard;

namespace ResearchKit.Experiments.Runs;

/// <summary>The records of a TensorBoard event file: a length, its checksum, an event, its checksum.</summary>
/// <remarks>TensorFlow's TFRecord format: little-endian, CRC-32C (Castagnoli), each checksum turned right by 15 bits and moved by a
/// constant.</remarks>
internal static class EventRecords
{
    private const int Before = 12; // eight bytes of length, four of its checksum
    private const int After = 4;

    /// <summary>The whole records of a file, in their order, up to the first that is torn or damaged.</summary>
    public static IEnumerable<(byte[] Record, Event Event)> Read(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[Before];
        while (file.ReadAtLeast(head, Before, throwOnEndOfStream: false) == Before)
        {
            var length = BinaryPrimitives.ReadInt64LittleEndian(head);
            if (Masked(head.AsSpan(0, 8)) != BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) || length < 0
                || length > file.Length - file.Position - After)
            {
                yield break;
            }

            var record = new byte[Before + length + After];
            head.CopyTo(record, 0);
            file.ReadExactly(record.AsSpan(Before));
            var content = record[Before..^After]; // an array: TorchSharp's messages are of a generation that parses no span
            if (Masked(content) != BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(^After..)))
            {
                yield break;
            }

            yield return (record, Event.Parser.ParseFrom(content));
        }
    }

    /// <summary>The checksum of bytes as records carry it.</summary>
    public static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
