namespace ResearchKit.Files;

/// <summary>Reads and writes .npy files, NumPy's format for one array.</summary>
/// <remarks>
/// NumPy Enhancement Proposal 1 and "numpy.lib.format", versions 1.0, 2.0 and 3.0. Nothing is unpickled or evaluated, and the header is
/// checked against the file's length
/// before memory is taken. Limits: a header of 64 KiB, rank 64; a file may be as long as memory is, in Fortran order half of that.
/// </remarks>
public static class NpyFile
{
    /// <summary>Reads an array in either byte order and either element order.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A contiguous tensor on the CPU. Its dtype is the file's; uint16 becomes int32, and uint32 and uint64 become int64. The
    /// caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, holds objects, records, text or another dtype, or
    /// uint64 numbers above 2^63 - 1.</exception>
    public static Tensor Read(string path) => TensorFile.Read(path, file => NpyArray.Read(file, file.Length, path, where: ""));

    /// <summary>Writes an array whole or not at all, with the bytes that NumPy 1.23 and later write.</summary>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <param name="tensor">float64, float32, float16, int64, int32, int16, int8, uint8 or bool, of any shape, strides and device.</param>
    /// <exception cref="ArgumentException">The dtype is another.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Write(string path, Tensor tensor)
    {
        var type = NpyArray.TypeOf(tensor);
        TensorFile.Write(path, file => NpyArray.Write(file, tensor, type));
    }
}
