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

    [Theory]
    [InlineData("not json", "is not a notebook")]
    [InlineData("[1, 2]", "no list of cells")]
    [InlineData("{\"worksheets\": [], \"nbformat\": 3}", "nbformat 3")]
    [InlineData("{\"cells\": []}", "does not say its nbformat")]
    [InlineData("{\"cells\": [{\"cell_type\": \"code\", \"id\": 7, \"source\": \"\"}], \"nbformat\": 4}", "malformed")]
    [InlineData("{\"cells\": [], \"nbformat\": 4, \"metadata\": {\"kernelspec\": {\"language\": \"python\"}}}", "a notebook for python")]
    public void A_file_that_is_no_notebook_is_one_sentence(string content, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["n.ipynb"], content);
        Refused(folder["n.ipynb"], message);
    }

    [Fact]
    public void A_file_that_is_not_there_and_a_folder_are_one_sentence()
    {
        using var folder = new TemporaryFolder();
        Refused(folder["n.ipynb"], "n.ipynb: no such file.");
        Directory.CreateDirectory(folder["n.ipynb"]);
        Refused(folder["n.ipynb"], "n.ipynb is a folder; name a notebook in it");
    }

    [Theory]
    [InlineData("steps", "write -p name=value")]
    [InlineData("stepps=3", "no parameter 'stepps'. It has: steps")]
    [InlineData("steps=many", "'many' is not a value for 'steps', which is of type int")]
    [InlineData("steps=2.5", "'2.5' is not a value for 'steps'")]
    public void A_parameter_that_does_not_fit_is_one_sentence(string parameter, string message)
    {
        using var tiny = new TinyNotebook().Write(
            "tag:parameters\nint steps = 10;\nfor (int i = 0; i < 1; i++) { } for (int i = 0; i < 1; i++) { }");
        var notebook = NotebookFile.Read(tiny.File);
        Assert.Contains(message, Assert.Throws<NotebookFileException>(() => NotebookParameters.Apply(notebook, [parameter])).Message,
            StringComparison.Ordinal);
        Assert.Single(notebook.Cells);
    }

    private static void Refused(string path, string message) => Assert.Contains(message,
        Assert.Throws<NotebookFileException>(() => NotebookFile.Read(path)).Message, StringComparison.Ordinal);
}
