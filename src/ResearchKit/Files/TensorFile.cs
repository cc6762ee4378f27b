using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ICSharpCode.SharpZipLib.Checksum;

namespace ResearchKit.Files;

/// <summary>What the readers and writers of tensor files share: one kind of error, and memory that is filled in blocks.</summary>
internal static class TensorFile
{
    private const int BlockBytes = 1 << 24;

    /// <summary>Opens a file for a reader; what the system says about it becomes a <see cref="DataFileException"/>.</summary>
    public static T Read<T>(string path, Func<FileStream, T> read)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.CanSeek ? read(file) : throw new DataFileException(path,
                "this is a pipe or a device, whose length nobody knows; save its content as a file and read that.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "no such file; check the name.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFileException(path, "this is a folder or a file that may not be read; name a file and check its permissions.", e);
        }
        catch (IOException e)
        {
            throw new DataFileException(path, "the system failed to read it; check the disk and get the file again.", e);
        }
    }

    /// <summary>Writes a file whole or not at all; what the system says about it becomes a <see cref="DataFileException"/>.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            AtomicFile.Write(path, write);
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(path,
                $"it cannot be written ({AtomicFile.Word(e)}); check the folder, its permissions and the space on the disk.", e);
        }
    }

    /// <summary>A tensor of a shape whose bytes were checked against the file.</summary>
    public static Tensor Allocate(string path, long[] shape, ScalarType type)
    {
        try
        {
            return empty(shape, type);
        }
        catch (ExternalException e)
        {
            throw new DataFileException(path, $"its tensor of shape {TensorShape.Show(shape)} does not fit into memory; read it on a " +
                $"machine with more, or cut the file.", e);
        }
    }

    /// <summary>Fills a new tensor from a stream. Elements that lie the other way round are turned in memory. A checksum is told the
    /// stream's bytes.</summary>
    /// <exception cref="EndOfStreamException">The stream is shorter than the tensor.</exception>
    public static void Fill(Tensor tensor, Stream stream, bool reverse = false, Crc32? checksum = null)
    {
        foreach (var block in Blocks(tensor))
        {
            stream.ReadExactly(block.bytes);
            checksum?.Update(block.bytes.ToArray());
            if (reverse)
            {
                Reverse(block.bytes, tensor.element_size());
            }
        }
    }

    /// <summary>Writes a tensor's elements in C order. It may be strided and on any device.</summary>
    public static void Copy(Tensor tensor, Stream stream)
    {
        using var scope = NewDisposeScope();
        foreach (var block in Blocks(tensor.detach().cpu().contiguous()))
        {
            stream.Write(block.bytes);
        }
    }

    /// <summary>Whether a bool tensor has bytes other than 0 and 1: torch computes nonsense with them.</summary>
    public static bool IsDamagedBool(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Bool)
        {
            return false;
        }

        foreach (var block in Blocks(tensor))
        {
            if (block.bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name out of a file, fit to stand in one line of an error.</summary>
    public static string Quote(string name)
    {
        var line = string.Concat((name.Length > 60 ? $"{name[..60]}..." : name)
            .Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return $"'{line}'";
    }

    private static void Reverse(Span<byte> bytes, long elementSize)
    {
        switch (elementSize)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, short>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, int>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, long>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    // A span holds at most 2^31 - 1 bytes, a tensor more. Each block is disposed when the next is asked for.
    private static IEnumerable<Tensor> Blocks(Tensor contiguous)
    {
        using var flat = contiguous.view(-1);
        var step = BlockBytes / contiguous.element_size();
        for (var start = 0L; start < flat.shape[0]; start += step)
        {
            using var block = flat.narrow(0, start, Math.Min(step, flat.shape[0] - start));
            yield return block;
        }
    }
}
