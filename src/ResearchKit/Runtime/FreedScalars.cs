using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Keeps the native numbers that TorchSharp frees for a second longer.</summary>
/// <remarks>
/// TorchSharp makes a native number of each double that an operation is given (<c>x * 0.5</c>), and nothing holds its owner while the
/// operation runs: a garbage collection at that moment frees it, and the operation fails ("Unknown scalar type", "Expected false to be
/// true") or ends the process. Open upstream as dotnet/TorchSharp's pull requests 1434 and 1496. Here the native function that frees a
/// number begins with a jump to <see cref="Release"/>, which frees it later with that same function's own last instructions. The code of
/// TorchSharp 0.107.0's library for Linux x64 is compared before a byte is written: any other one stays as it is.
/// </remarks>
internal static unsafe class FreedNumbers
{
    private const string Function = "THSTorch_dispose_scalar";
    private const int Most = 1 << 20; // numbers, of 48 bytes each
    private const int Symbolic = 15;  // where the code goes on for a number that holds an object ...
    private const int Plain = 40;     // ... and for any other

    private static readonly Lock Gate = new();
    private static readonly long Held = Stopwatch.Frequency; // a second
    private static (nint Number, long Freed)[] s_ring = new (nint, long)[4096];
    private static int s_first;
    private static int s_count;
    private static nint s_code;
    private static bool s_known;

    // test rdi, rdi; je; mov eax, [rdi]; add eax, -5; cmp eax, 2; ja: the kinds 5 to 7 hold an object.
    private static ReadOnlySpan<byte> Entry =>
        [0x48, 0x85, 0xFF, 0x74, 0x2D, 0x8B, 0x07, 0x83, 0xC0, 0xFB, 0x83, 0xF8, 0x02, 0x77, 0x19];

    // mov esi, 32; jmp operator delete
    private static ReadOnlySpan<byte> Exit => [0xBE, 0x20, 0, 0, 0, 0xE9];

    /// <summary>True while numbers are held.</summary>
    public static bool AreHeld { get; private set; }

    /// <summary>Begins, where this is the library that is known and the system lets code be changed.</summary>
    /// <param name="library">TorchSharp's native library, as it was loaded; before its first number is made.</param>
    public static void Hold(nint library)
    {
        s_known = NativeCode.IsSupported && NativeLibrary.TryGetExport(library, Function, out s_code)
            && Code(0, Entry.Length).SequenceEqual(Entry) && Code(Plain, Exit.Length).SequenceEqual(Exit);
        HoldAgain();
    }

    /// <summary>Begins again after <see cref="LetGo"/>.</summary>
    public static void HoldAgain()
    {

        // mov rax, Release; jmp rax
        Span<byte> jump = [0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0];
        MemoryMarshal.Write(jump[2..], (nint)(delegate* unmanaged<nint, void>)&Release);
        AreHeld = s_known && NativeCode.TryWrite(s_code, jump);
    }

    /// <summary>Ends it: numbers are freed at once again. For measurements, while no other thread frees one.</summary>
    public static void LetGo() => AreHeld = AreHeld && !NativeCode.TryWrite(s_code, Entry[..12]);

    [UnmanagedCallersOnly]
    private static void Release(nint number)
    {
        if (number == 0)
        {
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

            s_ring[(s_first + s_count++) % s_ring.Length] = (number, now);
        }

        Free(first);
        Free(second);
    }

    // The oldest number, if its time has come or there are too many; 0 for none.
    private static nint Due(long now)
    {
        if (s_count == 0 || (s_count < Most && now - s_ring[s_first].Freed < Held))
        {
            return 0;
        }

        var number = s_ring[s_first].Number;
        s_first = (s_first + 1) % s_ring.Length;
        s_count--;
        return number;
    }

    private static void Free(nint number)
    {
        if (number != 0)
        {
            var symbolic = *(int*)number is >= 5 and <= 7;
            ((delegate* unmanaged<nint, void>)(s_code + (symbolic ? Symbolic : Plain)))(number);
        }
    }

    private static ReadOnlySpan<byte> Code(int from, int length) => new((void*)(s_code + from), length);
}
