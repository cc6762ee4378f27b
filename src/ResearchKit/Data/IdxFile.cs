using System.Buffers.Binary;
using System.IO.Compression;
using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>Reads IDX files, the format of MNIST and its relatives, plain or gzip-compressed.</summary>
/// <remarks>LeCun, Cortes and Burges, "The MNIST database": magic 0x0000 08 RR (unsigned bytes, rank RR), then RR big-endian 32-bit sizes,
/// then the bytes.</remarks>
public static class IdxFile
{
    private const long LargestSet = 1L << 31;

    /// <summary>Reads a file of grey images (rank 3).</summary>
    /// <param name="path">The file; gzip is recognised by content, not by name.</param>
    /// <returns>A uint8 tensor of shape (N, 1, H, W) on the CPU. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, empty, cut short, too long, or not an IDX file of images.</exception>
    public static Tensor ReadImages(string path)
    {
        var (sizes, bytes) = Read(path, rank: 3, "images");
        return tensor(bytes, [sizes[0], 1, sizes[1], sizes[2]], ScalarType.Byte);
    }

    /// <summary>Reads a file of class labels (rank 1).</summary>
    /// <param name="path">The file; gzip is recognised by content, not by name.</param>
    /// <returns>An int64 tensor of shape (N) on the CPU. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, empty, cut short, too long, or not an IDX file of labels.</exception>
    public static Tensor ReadLabels(string path)
    {
        var (sizes, bytes) = Read(path, rank: 1, "labels");
        using var labels = tensor(bytes, [sizes[0]], ScalarType.Byte);
        return labels.to(ScalarType.Int64);
    }

    private static (int[] Sizes, byte[] Bytes) Read(string path, int rank, string content) =>
        GzipFile.Read(path, "the gzip data", (file, isCompressed) =>
        {
            using Stream stream = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
            var header = new byte[4 + 4 * rank];
            if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            {
                throw new DataFileException(path, $"the file ends inside its {header.Length}-byte header; get it again.");
            }

            var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
            var expected = 0x0800u + (uint)rank;
            if (magic != expected)
            {
                throw new DataFileException(path,
                    $"the magic number is 0x{magic:x8}, but an IDX file of {content} starts with 0x{expected:x8}.");
            }

            var sizes = Enumerable.Range(1, rank).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i))).ToArray();
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
