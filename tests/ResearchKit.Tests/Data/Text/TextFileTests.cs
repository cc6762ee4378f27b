using System.Text;
using ResearchKit.Data.Text;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data.Text;

public sealed class TextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lines_are_read_with_and_without_a_byte_order_mark_and_trimmed(bool mark)
    {
        File.WriteAllText(_folder["a.txt"], "  one \r\n\r\ntwo\twords\n \n漢字 ñ𝄞\u0085\rlast", new UTF8Encoding(mark));
        Assert.Equal(["one", "two words", "漢字 ñ𝄞", "last"], TextFile.Read(_folder["a.txt"]));
        Assert.True(TextFile.IsOne("A.TXT"));
        Assert.False(TextFile.IsOne("a.png"));
    }

    [Theory]
    [InlineData("latin", "this is no text in UTF-8; save it as UTF-8, where it is text in another encoding.")]
    [InlineData("utf-16", "this is text in UTF-16; save it as UTF-8.")]
    [InlineData("binary", "line 2 holds the control character U+0000, so this is no plain text.")]
    [InlineData("escape", "line 1 holds the control character U+001B, so this is no plain text.")]
    [InlineData("empty", "it holds no line of text; give a file with one sample a line.")]
    [InlineData("blank", "it holds no line of text; give a file with one sample a line.")]
    [InlineData("folder", "this is a folder; name a text file.")]
    [InlineData("missing", "there is no such file.")]
    public void Odd_files_are_one_sentence(string kind, string problem)
    {
        var path = _folder["a.txt"];
        byte[]? content = kind switch
        {
            "latin" => Encoding.Latin1.GetBytes("fine\nd\u00e9j\u00e0\n"),
            "utf-16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("abc\n")],
            "binary" => [(byte)'a', 10, 1 - 1, (byte)'b'],
            "escape" => "\u001b[31mred"u8.ToArray(),
            "empty" => [],
            "blank" => " \n\t\r\n"u8.ToArray(),
            _ => null,
        };
        if (content is not null)
        {
            File.WriteAllBytes(path, content);
        }
        else if (kind == "folder")
        {
            Directory.CreateDirectory(path);
        }

        Assert.Equal($"{path}: {problem}", Assert.Throws<DataFileException>(() => TextFile.Read(path)).Message);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        TextFile.Write(_folder["new/a.txt"], ["añ", "b 世"]);
        Assert.Equal("añ\nb 世\n"u8.ToArray(), File.ReadAllBytes(_folder["new/a.txt"]));
        Assert.Equal(["añ", "b 世"], TextFile.Read(_folder["new/a.txt"]));
    }
}
