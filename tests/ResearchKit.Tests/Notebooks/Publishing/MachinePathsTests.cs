using ResearchKit.Notebooks.Publishing;

namespace ResearchKit.Tests.Notebooks.Publishing;

public class MachinePathsTests
{
    private static readonly MachinePaths Paths = new(["/srv", "/home/ada/kit/", @"C:\Users\ada", "/", "", null]);

    [Theory]
    [InlineData("saved to /srv/x.png.", "/srv/x.png.")]
    [InlineData("file:///home/ada/kit/a.dll", "/home/ada/kit/a.dll")]
    [InlineData("in /srv", "/srv")]
    [InlineData(@"C:\Users\ada\kit", @"C:\Users\ada\kit")]
    [InlineData("C:/Users/ada", "C:/Users/ada")]
    [InlineData("see https://host/srv/x", null)]
    [InlineData("/srvless, ../srv, ~/srv", null)]
    [InlineData("/home/ada/kitchen", null)]
    [InlineData("a/b and / alone", null)]
    public void Finds_this_machines_paths_and_no_others(string text, string? found) => Assert.Equal(found, Paths.In(text));

    [Fact]
    public void No_folder_is_no_path() => Assert.Null(new MachinePaths(["/", null]).In("/srv/x"));
}
