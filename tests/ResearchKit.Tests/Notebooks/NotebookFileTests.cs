using ResearchKit.Notebooks.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

public class NotebookFileTests
{
    // Rows of numbers stay on one line; everything else has Jupyter's layout, texts that look like rows included.
    [Fact]
    public void The_numbers_of_an_array_stand_on_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["n.ipynb"], """
            {"cells": [], "metadata": {"x": [1, -2.5e-3, null], "z": [[1, 2], [3, 4]], "mixed": [[1], "a"], "empty": [],
             "text": ["[\n 1\n]"]}, "nbformat": 4, "nbformat_minor": 5}
            """);
        const string expected = """
             "metadata": {
              "x": [1,-2.5e-3,null],
              "z": [[1,2],[3,4]
              ],
              "mixed": [[1],
               "a"
              ],
              "empty": [],
              "text": [
               "[\n 1\n]"
              ],
            """;
        Assert.Contains(expected, NotebookFile.Read(folder["n.ipynb"]).ToText(), StringComparison.Ordinal);
    }
}
