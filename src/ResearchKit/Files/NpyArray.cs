namespace ResearchKit.Files;

/// <summary>Reads and writes one .npy array in a stream: a file of its own or a member of an .npz archive.</summary>
internal static class NpyArray
{
    /// <summary>Reads the array; sizes are checked against the length before memory is taken.</summary>
    public static Tensor Read(Stream stream, long length, string path, string where)
    {
        var header = NpyHeader.Read(stream, length, path, where);
        using var scope = NewDisposeScope();
        var stored = header.FortranOrder ? header.Shape.Reverse().ToArray() : header.Shape;
        var tensor = TensorFile.Allocate(path, stored, header.Type.Stored);
        TensorFile.Fill(tensor, stream, header.Type.BigEndian);
        if (header.Type.Stored == ScalarType.Bool && !TensorFile.IsBoolean(tensor))
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
    public static void Write(Stream stream, Tensor tensor, ElementType type)
    {
        stream.Write(NpyHeader.Make(type, tensor.shape));
        TensorFile.Copy(tensor, stream);
    }

    /// <summary>The type NumPy has for a tensor.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static ElementType TypeOf(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return ElementType.Of(tensor.dtype) is { Npy: not null } type
            ? type
            : throw new ArgumentException($"A tensor of {tensor.dtype} cannot be written for NumPy; convert it first, bfloat16 to " +
                $"float32 and complex numbers with view_as_real.", nameof(tensor));
    }
}
