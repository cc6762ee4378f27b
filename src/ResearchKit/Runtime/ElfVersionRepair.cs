using System.Buffers.Binary;
using System.Text;

namespace ResearchKit.Runtime;

/// <summary>
/// Makes one symbol version that a 64-bit little-endian ELF library asks for optional, in a copy of its bytes.
/// </summary>
/// <remarks>
/// TorchSharp's library is linked against GCC 13's libstdc++ and asks for GLIBCXX_3.4.32. The only symbol of that version
/// is <c>std::ios_base_library_init</c>, which no relocation of the library refers to, so on an older libstdc++ (Debian 12, Ubuntu 22.04)
/// the requirement can be marked weak (VER_FLG_WEAK, "Linux Standard Base, Symbol Versioning") and the dynamic loader carries on.
/// </remarks>
internal static class ElfVersionRepair
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>Returns a copy of <paramref name="library"/> in which the need for <paramref name="version"/> is weak.</summary>
    /// <param name="library">The bytes of an ELF64 little-endian shared library.</param>
    /// <param name="version">The version's name, for example <c>GLIBCXX_3.4.32</c>.</param>
    /// <exception cref="InvalidDataException">The bytes are no such library, are cut short, or never ask for the version.</exception>
    public static byte[] MakeWeak(byte[] library, string version)
    {
        var bytes = (byte[])library.Clone();
        if (bytes.Length < 64 || !bytes.AsSpan(0, 6).SequenceEqual((byte[])[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("The file is not a 64-bit little-endian ELF library.");
        }

        try
        {
            if (!MarkEveryNeed(bytes, Encoding.ASCII.GetBytes(version)))
            {
                throw new InvalidDataException($"The library does not ask for the symbol version {version}.");
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException("The ELF library is cut short.", e);
        }

        return bytes;
    }

    private static bool MarkEveryNeed(byte[] bytes, byte[] version)
    {
        var sections = checked((int)U64(bytes, 40));
        var sectionSize = U16(bytes, 58);
        var sectionCount = U16(bytes, 60);
        var found = false;
        for (var i = 0; i < sectionCount; i++)
        {
            var section = sections + i * sectionSize;
            if (U32(bytes, section + 4) != SectionTypeVersionNeeds)
            {
                continue;
            }

            var stringSection = sections + checked((int)U32(bytes, section + 40)) * sectionSize;
            found |= MarkNeedsOfSection(bytes, checked((int)U64(bytes, section + 24)), checked((int)U64(bytes, stringSection + 24)),
                version);
        }

        return found;
    }

    // Elfxx_Verneed: version(2) count(2) file(4) aux(4) next(4); Elfxx_Vernaux: hash(4) flags(2) other(2) name(4) next(4).
    private static bool MarkNeedsOfSection(byte[] bytes, int need, int strings, byte[] version)
    {
        var found = false;
        for (uint nextNeed; ; need += (int)nextNeed)
        {
            var aux = need + (int)U32(bytes, need + 8);
            for (uint nextAux; ; aux += (int)nextAux)
            {
                var name = strings + (int)U32(bytes, aux + 8);
                if (bytes.AsSpan(name, version.Length).SequenceEqual(version) && bytes[name + version.Length] == 0)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(aux + 4), (ushort)(U16(bytes, aux + 4) | WeakFlag));
                    found = true;
                }

                nextAux = U32(bytes, aux + 12);
                if (nextAux == 0)
                {
                    break;
                }
            }

            nextNeed = U32(bytes, need + 12);
            if (nextNeed == 0)
            {
                return found;
            }
        }
    }

    private static ushort U16(byte[] b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b.AsSpan(at, 2));

    private static uint U32(byte[] b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b.AsSpan(at, 4));

    private static ulong U64(byte[] b, int at) => BinaryPrimitives.ReadUInt64LittleEndian(b.AsSpan(at, 8));
}
