namespace ResearchKit.Notebooks.Html;

/// <summary>The look of the page, light and dark.</summary>
internal static class HtmlStyle
{
    public const string Text = """
        :root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --box: #f6f8fa; --line: #d0d7de; --soft: #59636e; --key: #8250df; --str: #0a5e2a; --num: #0550ae; --bad: #b42318; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --box: #161b22; --line: #30363d; --soft: #9198a1; --key: #d2a8ff; --str: #7ee787; --num: #79c0ff; --bad: #ff7b72; } }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
        h1, h2, h3 { line-height: 1.25; margin: 1.6em 0 .5em; }
        h1 { font-size: 1.9rem; margin-top: .5em; }
        pre { margin: .5rem 0; padding: .7rem .9rem; overflow-x: auto; background: var(--box); border: 1px solid var(--line); border-radius: 6px; font: 13px/1.5 ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; }
        code { font: .9em ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; }
        pre code { font: inherit; }
        .code > pre:not(:first-child) { background: none; border: 0; border-left: 3px solid var(--line); border-radius: 0; }
        pre.stderr { color: var(--soft); }
        pre.error { color: var(--bad); border-left-color: var(--bad) !important; }
        .k { color: var(--key); } .s { color: var(--str); } .n { color: var(--num); } .c { color: var(--soft); font-style: italic; }
        img { display: block; max-width: 100%; height: auto; margin: .5rem 0; image-rendering: pixelated; }
        .chart { width: 100%; background: #ffffff; border-radius: 6px; margin: .5rem 0; }
        .html { overflow-x: auto; }
        table { display: block; max-width: 100%; overflow-x: auto; border-collapse: collapse; margin: .5rem 0; font-size: .92em; }
        caption { text-align: left; color: var(--soft); padding: .2rem 0; }
        th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; }
        blockquote { margin: .8rem 0; padding: .1rem 1rem; border-left: 4px solid var(--line); color: var(--soft); }
        math[display=block] { margin: .8rem 0; overflow-x: auto; overflow-y: hidden; font-size: 1.1em; }

        """;
}
