using System.Buffers.Binary;
using System.IO.Compression;
using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>Reads and writes IDX files, the format of MNIST and its relatives, plain or gzip-compressed.</summary>
/// <remarks>LeCun, Cortes and Burges, "The MNIST database": magic 0x0000 08 RR (unsigned bytes, rank RR), then RR big-endian 32-bit sizes,
/// then the bytes. Labels have rank 1, grey images rank 3 (N, H, W). Colour images have rank 4, which MNIST has none of; the kit's order is
/// (N, 3, H, W): each image as its red, its green and its blue plane, like the tensors.</remarks>
public static class IdxFile
{
    private const uint Magic = 0x0800; // plus the rank
    private const long LargestSet = 1L << 31;

    /// <summary>Reads a file of images, grey (rank 3) or in colour (rank 4); the magic number tells which.</summary>
    /// <param name="path">The file; gzip is recognised by content, not by name.</param>
    /// <returns>A uint8 tensor on the CPU, of shape (N, 1, H, W) where they are grey, else (N, 3, H, W). The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, empty, cut short, too long, or not an IDX file of images.</exception>
    public static Tensor ReadImages(string path)
    {
        var (sizes, bytes) = Read(path, [3, 4], "of images starts with 0x00000803 (grey) or 0x00000804 (colour)");
        return sizes switch
        {
            [var count, var height, var width] => tensor(bytes, [count, 1, height, width], ScalarType.Byte),
            [var count, 3, var height, var width] => tensor(bytes, [count, 3, height, width], ScalarType.Byte),
            _ => throw new DataFileException(path, $"the header's sizes are {Describe(sizes)}, but colour images are N x 3 x H x W (red, " +
                $"green and blue planes); write the file in this order."),
        };
    }

    /// <summary>Reads a file of class labels (rank 1).</summary>
    /// <param name="path">The file; gzip is recognised by content, not by name.</param>
    /// <returns>An int64 tensor of shape (N) on the CPU. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, empty, cut short, too long, or not an IDX file of labels.</exception>
    public static Tensor ReadLabels(string path)
    {
        var (sizes, bytes) = Read(path, [1], "of labels starts with 0x00000801");
        using var labels = tensor(bytes, [sizes[0]], ScalarType.Byte);
        return labels.to(ScalarType.Int64);
    }

    /// <summary>Writes labels or images in colour, not compressed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">uint8, on the CPU: shape (N) of labels, (N, 3, H, W) of images.</param>
    internal static void Write(string path, Tensor values)
    {
        var header = new byte[4 * (1 + values.dim())];
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic + (uint)values.dim());
        for (var i = 0; i < values.dim(); i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * (i + 1)), checked((int)values.shape[i]));
        }

        using var file = File.Create(path);
        file.Write(header);
        file.Write(values.bytes);
    }

    private static (int[] Sizes, byte[] Bytes) Read(string path, int[] ranks, string expected) =>
        GzipFile.Read(path, "the gzip data", (file, isCompressed) =>
        {
            using Stream stream = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
            var magic = (uint)Integers(1)[0];
            if (ranks.All(r => Magic + r != magic))
            {
                throw new DataFileException(path, $"the magic number is 0x{magic:x8}, but an IDX file {expected}.");
            }

            var sizes = Integers((int)(magic - Magic));
            var bytes = new byte[CheckedLength(sizes, path)];
            var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count < bytes.Length)
            {
                throw new DataFileException(path, $"the header promises {Describe(sizes)} = {bytes.Length} bytes, but only {count} " +
                    $"follow. The file is cut short; get it again.");
            }

            if (stream.ReadByte() >= 0)
            {
                throw new DataFileException(path, $"more bytes follow than the header's {Describe(sizes)} promises. The count is wrong " +
                    $"or two files were joined; get it again.");
            }

            return (sizes, bytes);

            int[] Integers(int number)
            {
                var words = new byte[4 * number];
                return stream.ReadAtLeast(words, words.Length, throwOnEndOfStream: false) == words.Length
                    ? [.. words.Chunk(4).Select(w => BinaryPrimitives.ReadInt32BigEndian(w))]
                    : throw new DataFileException(path, "the file ends inside its header; get it again.");
            }
        });

    private static int CheckedLength(int[] sizes, string path)
    {
        var length = sizes.Aggregate(1L, (product, size) => size < 1 || product > LargestSet ? -1 : product * size);
        return length is > 0 and < LargestSet
            ? (int)length
            : throw new DataFileException(path, $"the header's sizes {Describe(sizes)} make no sense.");
    }

    private static string Describe(int[] sizes) => string.Join(" x ", sizes);
}
