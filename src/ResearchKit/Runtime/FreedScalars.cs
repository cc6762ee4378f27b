using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Keeps the native scalars that TorchSharp frees for a second longer.</summary>
/// <remarks>
/// TorchSharp makes a native scalar of each double that an operation is given (<c>x * 0.5</c>), and nothing holds its owner while the
/// operation runs: a garbage collection at that moment frees it, and the operation fails ("Unknown scalar type", "Expected false to be
/// true") or ends the process. Open upstream as dotnet/TorchSharp's pull requests 1434 and 1496. Here the first bytes of the native
/// function that frees a scalar become a jump to <see cref="Release"/>, which frees older ones by that same function's last instructions.
/// These and the first bytes are compared with those of TorchSharp 0.107.0 for Linux x64 before one is written: any other library stays
/// as it is.
/// </remarks>
internal static unsafe class FreedScalars
{
    private const string Function = "THSTorch_dispose_scalar";
    private const int Most = 1 << 20; // of 48 bytes each
    private const int Symbolic = 15;  // where the code goes on for a scalar that holds an object ...
    private const int Plain = 40;     // ... and for any other

    private static readonly Lock Gate = new();
    private static readonly long Held = Stopwatch.Frequency; // a second
    private static (nint Scalar, long Freed)[] s_ring = new (nint, long)[4096];
    private static int s_first;
    private static int s_count;
    private static nint s_code;
    private static bool s_jumps;
    private static volatile bool s_letGo;

    // test rdi, rdi; je; mov eax, [rdi]; add eax, -5; cmp eax, 2; ja: the kinds 5 to 7 hold an object.
    private static ReadOnlySpan<byte> Entry =>
        [0x48, 0x85, 0xFF, 0x74, 0x2D, 0x8B, 0x07, 0x83, 0xC0, 0xFB, 0x83, 0xF8, 0x02, 0x77, 0x19];

    // mov esi, 32; jmp operator delete
    private static ReadOnlySpan<byte> Exit => [0xBE, 0x20, 0, 0, 0, 0xE9];

    // mov rax, address; jmp rax
    private static ReadOnlySpan<byte> Jump => [0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0];

    /// <summary>True while scalars are held.</summary>
    public static bool AreHeld => s_jumps && !s_letGo;

    /// <summary>How many wait to be freed.</summary>
    public static int Waiting => Volatile.Read(ref s_count);

    /// <summary>Begins, where this is the library that is known and the system lets code be changed.</summary>
    /// <param name="library">TorchSharp's native library, as it was loaded; best before its first scalar is made.</param>
    public static void Hold(nint library)
    {
        if (!NativeCode.IsSupported || !NativeLibrary.TryGetExport(library, Function, out s_code)
            || !Code(Plain, Exit.Length).SequenceEqual(Exit))
        {
            return;
        }

        // Another copy of the kit in this process may have been here before.
        s_jumps = Code(0, 2).SequenceEqual(Jump[..2]) && Code(10, 2).SequenceEqual(Jump[10..]);
        if (!s_jumps && Code(0, Entry.Length).SequenceEqual(Entry))
        {
            Span<byte> jump = stackalloc byte[Jump.Length];
            Jump.CopyTo(jump);
            MemoryMarshal.Write(jump[2..], (nint)(delegate* unmanaged<nint, void>)&Release);
            s_jumps = NativeCode.TryWrite(s_code, jump);
        }
    }

    /// <summary>Frees scalars at once again, for measurements, until <see cref="HoldAgain"/>.</summary>
    public static void LetGo() => s_letGo = true;

    /// <summary>Ends <see cref="LetGo"/>.</summary>
    public static void HoldAgain() => s_letGo = false;

    [UnmanagedCallersOnly]
    private static void Release(nint scalar)
    {
        if (scalar == 0 || s_letGo)
        {
            Free(scalar);
            return;
        }

        var now = Stopwatch.GetTimestamp();
        nint first, second;
        lock (Gate)
        {
            (first, second) = (Due(now), Due(now)); // two for one: what a burst has left becomes less
            if (s_count == s_ring.Length)
            {
                var larger = new (nint, long)[2 * s_count];
                s_ring.AsSpan(s_first).CopyTo(larger);
                s_ring.AsSpan(0, s_first).CopyTo(larger.AsSpan(s_count - s_first));
                (s_ring, s_first) = (larger, 0);
            }

            s_ring[(s_first + s_count++) % s_ring.Length] = (scalar, now);
        }

        Free(first);
        Free(second);
    }

    // The oldest, if its time has come or there are too many; 0 for none.
    private static nint Due(long now)
    {
        if (s_count == 0 || (s_count < Most && now - s_ring[s_first].Freed < Held))
        {
            return 0;
        }

        var scalar = s_ring[s_first].Scalar;
        s_first = (s_first + 1) % s_ring.Length;
        s_count--;
        return scalar;
    }

    private static void Free(nint scalar)
    {
        if (scalar != 0)
        {
            var symbolic = *(int*)scalar is >= 5 and <= 7;
            ((delegate* unmanaged<nint, void>)(s_code + (symbolic ? Symbolic : Plain)))(scalar);
        }
    }

    private static ReadOnlySpan<byte> Code(int from, int length) => new((void*)(s_code + from), length);
}
