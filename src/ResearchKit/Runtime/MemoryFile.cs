using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ResearchKit.Runtime;

/// <summary>Loads a shared library from bytes on Linux, through an anonymous in-memory file: nothing is written to disk.</summary>
internal static partial class MemoryFile
{
    /// <summary>Loads <paramref name="library"/>; later look-ups by its SONAME find it.</summary>
    /// <exception cref="IOException">The kernel gave no memory file.</exception>
    /// <exception cref="DllNotFoundException">The dynamic loader refused the library.</exception>
    public static nint Load(byte[] library, string name)
    {
        var descriptor = CreateMemoryFile(name, 0);
        if (descriptor < 0)
        {
            throw new IOException($"memfd_create failed with error {Marshal.GetLastPInvokeError()}.");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, library, 0);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
