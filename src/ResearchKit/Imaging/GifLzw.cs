namespace ResearchKit.Imaging;

/// <summary>GIF's variable-length LZW.</summary>
/// <remarks>GIF89a, appendix F: codes grow from codeSize + 1 to 12 bits, least significant bit first, in blocks of at most 255
/// bytes.</remarks>
internal static class GifLzw
{
    private const int LargestTable = 4096;

    /// <summary>Writes the code size, the blocks and the closing empty block.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="indices">Palette indices, each below 2^codeSize.</param>
    /// <param name="codeSize">Bits of an index, from 2 to 8.</param>
    public static void Write(Stream output, ReadOnlySpan<byte> indices, int codeSize)
    {
        output.WriteByte((byte)codeSize);
        var blocks = new BlockWriter(output);
        int clear = 1 << codeSize, end = clear + 1, next = end + 1, bits = codeSize + 1;
        var table = new Dictionary<int, int>(); // prefix code and index -> code
        blocks.Put(clear, bits);
        var prefix = -1;
        foreach (var index in indices)
        {
            if (prefix < 0)
            {
                prefix = index;
                continue;
            }

            var key = prefix << 8 | index;
            if (table.TryGetValue(key, out var code))
            {
                prefix = code;
                continue;
            }

            blocks.Put(prefix, bits);
            prefix = index;
            if (next == LargestTable)
            {
                blocks.Put(clear, bits);
                table.Clear();
                (next, bits) = (end + 1, codeSize + 1);
                continue;
            }

            bits += next == 1 << bits ? 1 : 0; // the reader's table is one entry behind
            table[key] = next++;
        }

        if (prefix >= 0)
        {
            blocks.Put(prefix, bits);
            bits += next == 1 << bits && bits < 12 ? 1 : 0;
        }

        blocks.Put(end, bits);
        blocks.Close();
    }

    private sealed class BlockWriter(Stream output)
    {
        private readonly byte[] _block = new byte[255];
        private int _length;
        private int _held;
        private int _heldBits;

        public void Put(int code, int bits)
        {
            _held |= code << _heldBits;
            for (_heldBits += bits; _heldBits >= 8; _heldBits -= 8, _held >>= 8)
            {
                Add((byte)_held);
            }
        }

        public void Close()
        {
            if (_heldBits > 0)
            {
                Add((byte)_held);
            }

            Flush();
            output.WriteByte(0);
        }

        private void Add(byte value)
        {
            _block[_length++] = value;
            if (_length == _block.Length)
            {
                Flush();
            }
        }

        private void Flush()
        {
            if (_length > 0)
            {
                output.WriteByte((byte)_length);
                output.Write(_block, 0, _length);
                _length = 0;
            }
        }
    }
}
