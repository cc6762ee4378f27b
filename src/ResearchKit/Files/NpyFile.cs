namespace ResearchKit.Files;

/// <summary>Reads and writes .npy files, NumPy's format for one array.</summary>
/// <remarks>
/// NumPy Enhancement Proposal 1 and "numpy.lib.format", versions 1.0, 2.0 and 3.0. Nothing is unpickled or evaluated, and the header is
/// checked against the file's length before memory is taken. Limits: a header of 64 KiB, rank 64; a file may be as long as memory is, in
/// Fortran order half of that.
/// </remarks>
public static class NpyFile
{
    /// <summary>Reads an array in either byte order and either element order.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A contiguous tensor on the CPU. Its dtype is the file's; uint16 becomes int32, and uint32 and uint64 become int64. The
    /// caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, holds objects, records, text or another dtype, or
    /// uint64 numbers above 2^63 - 1.</exception>
    public static Tensor Read(string path) => TensorFile.Read(path, file => Read(file, file.Length, path, where: ""));

    /// <summary>Writes an array whole or not at all, with the bytes that NumPy 1.23 and later write.</summary>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="tensor">float64, float32, float16, int64, int32, int16, int8, uint8 or bool, of any shape, strides and device.</param>
    /// <exception cref="ArgumentException">The dtype is another.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Write(string path, Tensor tensor)
    {
        var type = TypeOf(tensor);
        TensorFile.Write(path, file => Write(file, tensor, type));
    }

    /// <summary>Reads an array out of a stream: a file, or a member of an archive. Sizes are checked against the length before memory is
    /// taken.</summary>
    internal static Tensor Read(Stream stream, long length, string path, string where)
    {
        var header = NpyHeader.Read(stream, length, path, where);
        using var scope = NewDisposeScope();
        var stored = header.FortranOrder ? header.Shape.Reverse().ToArray() : header.Shape;
        var tensor = TensorFile.Allocate(path, stored, header.Type.Stored);
        TensorFile.Fill(tensor, stream, header.Type.BigEndian);
        if (TensorFile.IsDamagedBool(tensor))
        {
            throw new DataFileException(path,
                $"{where}the array is bool but has bytes other than 0 and 1; it is damaged, get the file again.");
        }

        if (header.Type.Unsigned)
        {
            tensor = header.Type.Widen(tensor)
                ?? throw new DataFileException(path, $"{where}the array is uint64 and has numbers above 2^63 - 1, which torch cannot " +
                    $"hold; convert it to float64 and save it again.");
        }

        if (header.FortranOrder)
        {
            tensor = tensor.permute(Enumerable.Range(0, stored.Length).Reverse().Select(d => (long)d).ToArray()).contiguous();
        }

        return tensor.MoveToOuterDisposeScope();
    }

    /// <summary>Writes the array as NumPy would: format 1.0, little-endian, C order.</summary>
    internal static void Write(Stream stream, Tensor tensor, ElementType type)
    {
        stream.Write(NpyHeader.Make(type, tensor.shape));
        TensorFile.Copy(tensor, stream);
    }

    /// <summary>The type NumPy has for a tensor.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    internal static ElementType TypeOf(Tensor tensor) => ElementType.Of(tensor.dtype) is { Npy: not null } type
        ? type
        : throw new ArgumentException($"A tensor of {tensor.dtype} cannot be written for NumPy; convert it first, bfloat16 to float32 " +
            $"and complex numbers with view_as_real.", nameof(tensor));
}
