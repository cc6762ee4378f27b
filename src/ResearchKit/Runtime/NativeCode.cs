using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Changes machine code of a loaded library in memory; its file stays as it is.</summary>
internal static partial class NativeCode
{
    private const int ReadExecute = 1 | 4;
    private const int ReadWriteExecute = 1 | 2 | 4;

    /// <summary>True on systems whose code this can change: Linux on x86-64.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Writes over code, where the system lets it.</summary>
    /// <param name="address">Where, in a page of code that can be read. No thread may run it meanwhile.</param>
    /// <param name="code">What to write.</param>
    /// <returns>False where the system forbids it; then nothing was changed.</returns>
    public static unsafe bool TryWrite(nint address, ReadOnlySpan<byte> code)
    {
        var page = address & ~(nint)(Environment.SystemPageSize - 1);
        var length = (nuint)(address + code.Length - page);

        // All three rights at once: a system that forbids them refuses here, before anything is changed.
        if (Protect(page, length, ReadWriteExecute) != 0)
        {
            return false;
        }

        code.CopyTo(new Span<byte>((void*)address, code.Length));
        _ = Protect(page, length, ReadExecute);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);
}
