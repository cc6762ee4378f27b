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
}
