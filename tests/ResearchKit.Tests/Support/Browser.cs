using Microsoft.Playwright;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Html;

namespace ResearchKit.Support;

/// <summary>The browser of this machine.</summary>
internal static class Browser
{
    /// <summary>Its program; where there is none, the test is skipped and says so.</summary>
    public static string Require()
    {
        try
        {
            return ChartImages.FindBrowser();
        }
        catch (NotebookFileException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>Opens a file, looks, and makes sure that its scripts ran without an error.</summary>
    public static async Task InPageAsync(string path, Func<IPage, Task> look)
    {
        var browser = Require();
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = browser, Args = ["--no-sandbox"] });
        var page = await chromium.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await look(page);
        Assert.Empty(errors);
    }
}
