using System.Text;
using ResearchKit.Runtime;

namespace ResearchKit.Tests.Runtime;

public class ElfVersionRepairTests
{
    private static readonly byte[] Library = File.ReadAllBytes(NativeRuntime.EnsureLoaded().LibTorchSharpPath);

    [Fact]
    public void Makes_one_need_weak_and_changes_nothing_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF is Linux's format");
        var repaired = ElfVersionRepair.MakeWeak(Library, "GLIBCXX_3.4.32");
        var changed = Enumerable.Range(0, Library.Length).Where(i => repaired[i] != Library[i]).ToList();
        var at = Assert.Single(changed);
        Assert.Equal(2, repaired[at] ^ Library[at]);
    }

    [Fact]
    public void Names_a_version_that_is_not_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF is Linux's format");
        var error = Assert.Throws<InvalidDataException>(() => ElfVersionRepair.MakeWeak(Library, "GLIBCXX_9.9.99"));
        Assert.Contains("GLIBCXX_9.9.99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_no_ELF_library() =>
        Assert.Throws<InvalidDataException>(() => ElfVersionRepair.MakeWeak(Encoding.ASCII.GetBytes(new string('x', 100)),
            "GLIBCXX_3.4.32"));

    [Theory]
    [InlineData(70)]
    [InlineData(4096)]
    public void Refuses_a_library_that_is_cut_short(int length)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF is Linux's format");
        Assert.Throws<InvalidDataException>(() => ElfVersionRepair.MakeWeak(Library[..length], "GLIBCXX_3.4.32"));
    }
}
