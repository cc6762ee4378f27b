using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace ResearchKit.Notebooks.Html;

/// <summary>Writes the formulas of Markdown as MathML.</summary>
internal sealed class MathMarkupExtension : IMarkdownExtension
{
    public void Setup(MarkdownPipelineBuilder pipeline)
    {
    }

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        if (renderer is HtmlRenderer html)
        {
            html.ObjectRenderers.RemoveAll(r => r is HtmlMathInlineRenderer or HtmlMathBlockRenderer);
            html.ObjectRenderers.Insert(0, new InlineRenderer());
            html.ObjectRenderers.Insert(0, new BlockRenderer());
        }
    }

    private sealed class InlineRenderer : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula) => renderer.Write(MathMarkup.FromTex(formula.Content.ToString(), isBlock: formula.DelimiterCount > 1));
    }

    private sealed class BlockRenderer : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) => renderer.WriteLine(MathMarkup.FromTex(formula.Lines.ToString(), isBlock: true));
    }
}
