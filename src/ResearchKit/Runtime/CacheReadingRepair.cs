namespace ResearchKit.Runtime;

/// <summary>Lets oneDNN guess the caches of an AMD processor that describes none, in the libtorch that this process has loaded.</summary>
/// <remarks>
/// oneDNN's <c>Xbyak::util::Cpu</c> says of every AMD processor that it has read three levels of caches, also where it has read zeros.
/// With 0 in place of that 3 oneDNN takes its own guess (32 KB, 512 KB and 1 MB a core), as on processors that it does not know. The
/// instruction is one of libtorch 2.10.0's package for Linux x64; its place and what stands around it are compared before a byte is
/// written, so any other libtorch stays as it is. The file is not changed.
/// </remarks>
internal static class CacheReadingRepair
{
    private const int Place = 0xf89ad68;   // of the instruction, in the file and from the start of the library in memory
    private const int LevelsAt = 3;        // the byte in it that holds the number of levels

    // mov dword [rdi+0x6c], 3; xor r8d, r8d; xor esi, esi; mov r10d, 0x8000001D: the levels, then the loop over the CPUID leaf.
    private static ReadOnlySpan<byte> Code =>
        [0xC7, 0x47, 0x6C, 3, 0, 0, 0, 0x45, 0x31, 0xC0, 0x31, 0xF6, 0x41, 0xBA, 0x1D, 0, 0, 0x80];

    /// <summary>Must run after libtorch was loaded and before the first convolution of the process.</summary>
    /// <param name="library">The path of libtorch_cpu.</param>
    /// <returns>True when oneDNN will guess; false when this is another libtorch, or the system lets no code be changed.</returns>
    public static unsafe bool TryApply(string library)
    {
        if (!NativeCode.IsSupported || !HasCode(library) || StartOf(library, File.ReadLines("/proc/self/maps")) is not { } start)
        {
            return false;
        }

        var code = start + Place;
        return new ReadOnlySpan<byte>((void*)code, Code.Length).SequenceEqual(Code) && NativeCode.TryWrite(code + LevelsAt, [0]);
    }

    /// <summary>The address at which a library starts.</summary>
    /// <param name="library">Its full path.</param>
    /// <param name="maps">Lines as those of <c>/proc/self/maps</c>.</param>
    internal static nint? StartOf(string library, IEnumerable<string> maps) => maps
        .Select(l => l.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
        .Where(p => p.Length == 6 && p[1].Contains('x', StringComparison.Ordinal) && p[5] == library)
        .Select(p => (nint?)(nint.Parse(p[0].Split('-')[0], System.Globalization.NumberStyles.HexNumber, null)
            - nint.Parse(p[2], System.Globalization.NumberStyles.HexNumber, null)))
        .FirstOrDefault();

    // In the file first: an address beyond a smaller library could not even be read.
    private static bool HasCode(string library)
    {
        using var file = File.OpenHandle(library);
        Span<byte> bytes = stackalloc byte[Code.Length];
        return RandomAccess.Read(file, bytes, Place) == bytes.Length && bytes.SequenceEqual(Code);
    }
}
