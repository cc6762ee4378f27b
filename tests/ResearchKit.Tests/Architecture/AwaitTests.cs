using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ResearchKit.Support;

namespace ResearchKit.Architecture;

/// <summary>no_grad and dispose scopes are settings of a thread, and what follows an await may run on another one: the first thread would
/// keep the setting, and whatever runs on it next would have no gradients.</summary>
public sealed class AwaitTests
{
    private static readonly string[] OfAThread = ["no_grad", "enable_grad", "inference_mode", "set_grad_enabled", "NewDisposeScope"];

    [Fact]
    public void No_async_code_opens_what_belongs_to_a_thread() => Assert.Empty(
        from folder in (string[])["src", "tests"]
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        from found in Opened(File.ReadAllText(file))
        select $"{Path.GetRelativePath(Repository.Root, file)}:{found}");

    [Fact]
    public void It_is_found_in_methods_and_lambdas_but_not_in_what_they_call()
    {
        Assert.Equal(["1 no_grad"], In("async Task M() { using var n = no_grad(); await X(); }"));
        Assert.Equal(["1 NewDisposeScope"], In("Task M() => X(async p => { using (torch.NewDisposeScope()) { await p; } });"));
        Assert.Empty(In("async Task M() => await X(() => { using var n = no_grad(); });"));
        Assert.Empty(In("void M() { using var n = no_grad(); }"));

        static IEnumerable<string> In(string member) => Opened($"class A {{ {member} }}");
    }

    private static IEnumerable<string> Opened(string code) =>
        from call in CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
        let name = (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.Text ?? call.Expression.ToString()
        where OfAThread.Contains(name)
        let around = call.Ancestors().FirstOrDefault(n =>
            n is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)
        where around?.ChildTokens().Any(t => t.IsKind(SyntaxKind.AsyncKeyword)) == true
        select $"{call.GetLocation().GetLineSpan().StartLinePosition.Line + 1} {name}";
}
