using System.Buffers.Binary;
using System.Numerics;
using ResearchKit.Runtime;
using Tensorboard;
using TorchSharp.Modules;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run's numbers and grids of samples as TensorBoard events: <c>tensorboard --logdir RUN</c> shows them, also while the run goes
/// on.</summary>
/// <remarks>TorchSharp's writer. It puts the time into every event and the machine's name into the files' names, so no two runs have the
/// same bytes here.</remarks>
public sealed class RunEvents
{
    private readonly string _folder;
    private SummaryWriter? _writer;

    internal RunEvents(string folder) => _folder = folder;

    /// <summary>Adds a step's numbers, each as a scalar (float32, as TensorBoard has it).</summary>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Add(long step, IEnumerable<(string Name, double Value)> numbers) => Write(writer =>
    {
        foreach (var (name, value) in numbers)
        {
            writer.add_scalar(name, (float)value, checked((int)step));
        }
    });

    /// <summary>Adds an image.</summary>
    /// <exception cref="DataFileException">The events cannot be written.</exception>
    /// <exception cref="NativeRuntimeException">SkiaSharp's native library is not there.</exception>
    public void AddImage(long step, string name, string file)
    {
        SkiaLibrary.EnsureLoaded();
        Write(writer => writer.add_img(name, file, checked((int)step)));
    }

    /// <summary>Takes events after a step away, and a last one that was torn: what a resumed run will write again. What stays keeps its
    /// time.</summary>
    /// <exception cref="DataFileException">A file cannot be read or written.</exception>
    public void CutAfter(long step)
    {
        _writer = null;
        foreach (var file in Directory.Exists(_folder) ? Directory.GetFiles(_folder, "events.out.tfevents.*") : [])
        {
            var kept = EventRecords.Read(file).Where(r => r.Event.Step <= step).ToList();
            if (kept.All(r => r.Event.WhatCase == Event.WhatOneofCase.FileVersion))
            {
                File.Delete(file);
            }
            else if (kept.Sum(r => (long)r.Record.Length) != new FileInfo(file).Length)
            {
                TensorFile.Write(file, stream => kept.ForEach(r => stream.Write(r.Record)));
            }
        }
    }

    private void Write(Action<SummaryWriter> write)
    {
        try
        {
            write(_writer ??= utils.tensorboard.SummaryWriter(_folder));
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(_folder,
                $"the events cannot be written ({AtomicFile.Word(e)}); check the folder, its permissions and the space on the disk.", e);
        }
    }
}

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
