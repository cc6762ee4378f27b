using CsCheck;
using ResearchKit.Files;

namespace ResearchKit.Support;

/// <summary>What every reader owes the user of a bad file.</summary>
internal static class BadFile
{
    /// <summary>Reading fails with one sentence that names the file and says this.</summary>
    public static void Fails(string path, string problem, Action read)
    {
        var error = Assert.ThrowsAny<DataFileException>(read);
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Every shorter version of a file fails so.</summary>
    public static void FailsWhereverCut(TemporaryFolder folder, byte[] content, Action<string> read)
    {
        for (var length = 0; length < content.Length; length++)
        {
            var path = folder[$"cut-{length}"];
            File.WriteAllBytes(path, content[..length]);
            Fails(path, "", () => read(path));
        }
    }

    // With some bytes changed a file is read, or fails so; no other error.
    private static bool ReadsOrFails(TemporaryFolder folder, byte[] content, (int Position, byte Value)[] changes, Action<string> read)
    {
        var changed = content.ToArray();
        foreach (var (position, value) in changes)
        {
            changed[position % content.Length] = value;
        }

        var path = folder["changed"];
        File.WriteAllBytes(path, changed);
        try
        {
            read(path);
            return true;
        }
        catch (DataFileException)
        {
            return false;
        }
    }

    /// <summary>Changes a few bytes at random, many times: each file either reads or fails, and both happen.</summary>
    public static void ReadsOrFailsWithRandomBytes(TemporaryFolder folder, byte[] content, int most, Action<string> read)
    {
        int good = 0, failed = 0;
        Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, most].Sample(
            changes => _ = ReadsOrFails(folder, content, changes, read) ? good++ : failed++,
            iter: 3000,
            threads: 1);
        Assert.True(good > 10 && failed > 10, $"{good} read, {failed} failed");
    }
}
