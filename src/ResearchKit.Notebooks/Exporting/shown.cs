/// <summary>Puts what the program shows into a page and into images beside the program's file.</summary>
static class Shown
{
    static readonly Dictionary<string, (int Place, string Html)> Parts = [];
    static readonly StringWriter Text = new();
    static string s_file = "";
    static TextWriter s_terminal = Console.Out;

    /// <summary>Runs in the notebook's folder, so that its paths hold.</summary>
    public static void In(string folder, [System.Runtime.CompilerServices.CallerFilePath] string file = "")
    {
        s_file = System.IO.Path.ChangeExtension(file, null);
        System.IO.Directory.SetCurrentDirectory(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, folder));
        s_terminal = Console.Out;
        Console.SetOut(new Twice());
        Formatter.SubscribeToDisplayedValues(Put);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Write();
        AppDomain.CurrentDomain.UnhandledException += (_, _) => Write(); // a claim that failed
        Console.CancelKeyPress += (_, _) => Write();
    }

    public static DisplayedValue display(object value, params string[] mimeTypes) => value.Display(mimeTypes);

    public static IHtmlContent HTML(string content) => new HtmlString(content);

    static void Put(DisplayedValue shown)
    {
        var forms = shown.FormattedValues.ToDictionary(f => f.MimeType, f => f.Value);
        if (forms.Count == 1 && forms.TryGetValue("text/plain", out var text))
        {
            Console.WriteLine(text);
            return;
        }

        TakeText();
        if (!forms.ContainsKey("image/png") && shown.Value is not IHtmlContent)
        {
            s_terminal.WriteLine(shown.Value is null ? "null" : shown.Value.ToDisplayString("text/plain"));
        }

        var place = Parts.TryGetValue(shown.DisplayId, out var old) ? old.Place : Parts.Count;
        Parts[shown.DisplayId] = (place, forms.TryGetValue("image/png", out var png) ? Image(png, place)
            : forms.GetValueOrDefault("text/html") ?? $"<pre>{WebUtility.HtmlEncode(forms.Values.First())}</pre>");
        Write();
    }

    static string Image(string png, int place)
    {
        var file = $"{s_file}-{place:00}.png";
        System.IO.File.WriteAllBytes(file, Convert.FromBase64String(png));
        s_terminal.WriteLine($"[{System.IO.Path.GetFileName(file)}]");
        return $"<img src=\"{System.IO.Path.GetFileName(file)}\">";
    }

    static void TakeText()
    {
        lock (Text)
        {
            if (Text.GetStringBuilder() is { Length: > 0 } text)
            {
                Parts[$"text {Parts.Count}"] = (Parts.Count, $"<pre>{WebUtility.HtmlEncode(text.ToString())}</pre>");
                text.Clear();
            }
        }
    }

    static void Write()
    {
        TakeText();
        var body = string.Join('\n', Parts.Values.OrderBy(p => p.Place).Select(p => p.Html));
        var title = System.IO.Path.GetFileName(s_file);
        System.IO.File.WriteAllText(s_file + ".html", $"<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n"
            + $"<style>body {{ max-width: 60rem; margin: auto; font-family: sans-serif; }} img {{ max-width: 100%; }}</style>\n{body}\n");
    }

    /// <summary>Writes to the terminal and keeps the text for the page.</summary>
    sealed class Twice : TextWriter
    {
        public override Encoding Encoding => s_terminal.Encoding;

        public override void Write(char value)
        {
            s_terminal.Write(value);
            lock (Text)
            {
                Text.Write(value);
            }
        }
    }
}
