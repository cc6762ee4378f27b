using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ResearchKit.Files;

/// <summary>Reads one pickle into plain values. Classes and functions are names of a closed list; nothing is looked up, built or run by
/// them.</summary>
/// <param name="bytes">What holds the pickle.</param>
/// <param name="start">Its first byte.</param>
/// <param name="path">The file, for errors.</param>
/// <param name="names">What names stand for.</param>
/// <param name="budget">The memory that it may take.</param>
/// <remarks>
/// Python's pickletools, protocols 2 to 5. Values: null, bool, long, <see cref="BigInteger"/>, double, string, byte[], List of object for
/// lists and sets, <see cref="PickleTuple"/>, <see cref="PickleDict"/>, <see cref="PickleObject"/>, <see cref="PickleName"/>, and what the
/// names make. Own code, since the reader in TorchSharp.PyBridge (Razorvine.Pickle) has no limits against hostile files.
/// </remarks>
internal sealed class PickleReader(byte[] bytes, int start, string path, IPickleNames names, PickleBudget budget)
{
    private const int LongestName = 1000;

    // What a value takes at most with its place on the stack and in a container, without its content.
    private const int ValueBytes = 64;

    private static readonly object True = true;
    private static readonly object False = false;

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>The byte after what was read.</summary>
    public int Position { get; private set; } = start;

    /// <summary>Reads the pickle.</summary>
    /// <exception cref="DataFileException">It is damaged, takes too much memory, or names what is not in the list.</exception>
    public object? Read()
    {
        while (true)
        {
            var code = Bytes(1)[0];
            if (code == '.')
            {
                return Pop();
            }

            Step(code);
        }
    }

    /// <summary>An error at the byte that was read last.</summary>
    public DataFileException Wrong(string problem) =>
        new(path, $"its pickle {problem}, before byte {Position}; the file is damaged, get it again.");

    private void Step(byte code)
    {
        switch (code)
        {
            case 0x80 when Bytes(1)[0] is >= 2 and <= 5: // PROTO
            case 0x95 when Length(8) >= 0: // FRAME
                break;
            case (byte)'(': // MARK
                budget.Take(sizeof(int) * 2);
                _marks.Add(_stack.Count);
                break;
            case (byte)'0': // POP: a mark too
                if (_marks.Count > 0 && _marks[^1] == _stack.Count)
                {
                    _marks.RemoveAt(_marks.Count - 1);
                    break;
                }

                Pop();
                break;
            case (byte)'1': // POP_MARK
                PopToMark();
                break;
            case (byte)'2': // DUP
                Push(Top());
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88 or 0x89:
                Push(code == 0x88 ? True : False);
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case (byte)'K':
                Push((long)Bytes(1)[0]);
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case 0x8a or 0x8b: // LONG1, LONG4
                PushWhole(Bytes(Length(code == 0x8a ? 1 : 4)));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case (byte)'X' or 0x8c or 0x8d: // texts
                Push(Text(Encoding.UTF8, code == 'X' ? 4 : code == 0x8c ? 1 : 8));
                break;
            case (byte)'T' or (byte)'U': // texts of Python 2
                Push(Text(Encoding.Latin1, code == 'T' ? 4 : 1));
                break;
            case (byte)'B' or (byte)'C' or 0x8e or 0x96: // bytes
                var content = Bytes(Length(code == 'B' ? 4 : code == 'C' ? 1 : 8));
                budget.Take(content.Length);
                Push(content.ToArray());
                break;
            default:
                StepContainer(code);
                break;
        }
    }

    private void StepContainer(byte code)
    {
        switch (code)
        {
            case (byte)']' or 0x8f: // EMPTY_LIST, EMPTY_SET
                Push(new List<object?>());
                break;
            case (byte)'l' or 0x91: // LIST, FROZENSET
                Push(PopToMark().ToList());
                break;
            case (byte)'a': // APPEND
                Append([Pop()]);
                break;
            case (byte)'e' or 0x90: // APPENDS, ADDITEMS
                Append(PopToMark());
                break;
            case (byte)')':
                Push(new PickleTuple([]));
                break;
            case (byte)'t':
                Push(new PickleTuple(PopToMark()));
                break;
            case 0x85 or 0x86 or 0x87: // TUPLE1 to TUPLE3
                var items = new object?[code - 0x84];
                for (var i = items.Length - 1; i >= 0; i--)
                {
                    items[i] = Pop();
                }

                Push(new PickleTuple(items));
                break;
            case (byte)'}':
                Push(new PickleDict());
                break;
            case (byte)'d': // DICT
                var filled = PopToMark();
                Push(new PickleDict());
                SetItems(filled);
                break;
            case (byte)'s': // SETITEM
                var value = Pop();
                SetItems([Pop(), value]);
                break;
            case (byte)'u': // SETITEMS
                SetItems(PopToMark());
                break;
            case (byte)'q' or (byte)'r' or 0x94: // BINPUT, LONG_BINPUT, MEMOIZE
                Remember(code == 0x94 ? _memo.Count : Number(code == 'q' ? 1 : 4));
                break;
            case (byte)'h' or (byte)'j': // BINGET, LONG_BINGET
                Push(_memo.TryGetValue(Number(code == 'h' ? 1 : 4), out var known) ? known
                    : throw Wrong("takes back a value that it never kept"));
                break;
            default:
                StepName(code);
                break;
        }
    }

    private void StepName(byte code)
    {
        switch (code)
        {
            case (byte)'c' or (byte)'i': // GLOBAL, INST
                var name = new PickleName(Line(), Line());
                names.Check(name);
                Push(code == 'c' ? name : throw Wrong("uses the operation INST, which torch.save never does"));
                break;
            case 0x93: // STACK_GLOBAL
                var pair = (Pop(), Pop()) is (string own, string module) ? new PickleName(module, own)
                    : throw Wrong("names a class by something else than text");
                names.Check(pair);
                Push(pair);
                break;
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                var arguments = Pop() as PickleTuple;
                Push(Pop() is PickleName called && arguments is not null
                    ? names.Make(called, arguments.Items) ?? throw Wrong($"gives {TensorFile.Quote($"{called}")} what does not fit it")
                    : throw Wrong("calls something that is no name"));
                break;
            case (byte)'b': // BUILD: only objects keep their state, which for others is Python's own bookkeeping
                var state = Pop();
                if (Top() is PickleObject target)
                {
                    target.State = state;
                }

                break;
            case (byte)'Q': // BINPERSID
                Push(names.Find(Pop()) ?? throw Wrong("refers to something that is no storage of numbers"));
                break;
            default:
                throw Wrong($"has the byte 0x{code:x2} where an operation of protocols 2 to 5 is due");
        }
    }

    private void Push(object? value)
    {
        budget.Take(ValueBytes);
        _stack.Add(value);
    }

    private object? Top() => _stack.Count > (_marks.Count > 0 ? _marks[^1] : 0) ? _stack[^1] : throw Wrong("takes more values than it has");

    private object? Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Wrong("ends a list that it never began");
        }

        var at = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = _stack[at..].ToArray();
        _stack.RemoveRange(at, items.Length);
        return items;
    }

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list)
        {
            throw Wrong("appends to something that is no list");
        }

        budget.Take(sizeof(long) * 2 * items.Length);
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is not PickleDict dict || items.Length % 2 != 0)
        {
            throw Wrong("sets items of something that is no dict, or a key without a value");
        }

        budget.Take(sizeof(long) * 2 * items.Length);
        for (var i = 0; i < items.Length; i += 2)
        {
            dict.Items.Add((items[i], items[i + 1]));
        }
    }

    private void Remember(long key)
    {
        budget.Take(ValueBytes);
        _memo[key] = Top();
    }

    private void PushWhole(ReadOnlySpan<byte> number)
    {
        budget.Take(number.Length);
        var value = new BigInteger(number); // little-endian, two's complement, as in a pickle
        if (number.Length <= sizeof(long))
        {
            Push((long)value);
        }
        else
        {
            Push(value);
        }
    }

    private string Text(Encoding encoding, int lengthBytes)
    {
        var text = Bytes(Length(lengthBytes));
        budget.Take(sizeof(char) * text.Length);
        return encoding.GetString(text);
    }

    private string Line()
    {
        var end = bytes.AsSpan(Position, Math.Min(LongestName, bytes.Length - Position)).IndexOf((byte)'\n');
        budget.Take(sizeof(char) * Math.Max(end, 0));
        return end < 0 ? throw Wrong("holds a name without an end") : Encoding.UTF8.GetString(Bytes(end + 1)[..^1]);
    }

    private long Number(int size)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        Bytes(size).CopyTo(number);
        return BinaryPrimitives.ReadInt64LittleEndian(number);
    }

    private int Length(int size) => Number(size) is >= 0 and var length && length <= bytes.Length - Position ? (int)length
        : throw Wrong("states a length beyond its own end");

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > bytes.Length - Position)
        {
            throw Wrong("is cut short");
        }

        Position += count;
        return bytes.AsSpan(Position - count, count);
    }
}
