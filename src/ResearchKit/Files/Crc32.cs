namespace ResearchKit.Files;

/// <summary>The checksum of PNG and ZIP.</summary>
/// <remarks>ISO 3309, as in the appendix of W3C, "Portable Network Graphics (PNG) Specification", third edition: polynomial 0xEDB88320,
/// bits reversed.</remarks>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(OfByte)];

    /// <summary>The checksum of what came before and these bytes.</summary>
    /// <param name="crc">The checksum so far; 0 at the start.</param>
    /// <param name="data">The bytes that follow.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        foreach (var b in data)
        {
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint OfByte(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return crc;
    }
}
