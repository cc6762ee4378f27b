using System.Text.Json.Nodes;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>A slider over named frames, with buttons to play and to pause; it stands on the last frame.</summary>
    private static void AddPlayer(JsonObject layout, IReadOnlyList<string> frames)
    {
        JsonObject Timing(int milliseconds) => new()
        {
            ["mode"] = "immediate",
            ["frame"] = new JsonObject { ["duration"] = milliseconds, ["redraw"] = true }, // a heatmap is only redrawn when asked
            ["transition"] = new JsonObject { ["duration"] = 0 },
        };
        JsonObject Button(string label, JsonNode? which, int milliseconds) =>
            new() { ["label"] = label, ["method"] = "animate", ["args"] = new JsonArray(which, Timing(milliseconds)) };

        layout["sliders"] = new JsonArray(new JsonObject
        {
            ["active"] = frames.Count - 1,
            ["currentvalue"] = new JsonObject { ["prefix"] = "step " },
            ["x"] = 0.2,
            ["len"] = 0.8,
            ["pad"] = new JsonObject { ["t"] = 45 },
            ["steps"] = new JsonArray([.. frames.Select(name => Button(name, new JsonArray(name), 0))]),
        });
        layout["updatemenus"] = new JsonArray(new JsonObject
        {
            ["type"] = "buttons",
            ["direction"] = "left",
            ["x"] = 0,
            ["y"] = 0,
            ["xanchor"] = "left",
            ["yanchor"] = "top",
            ["pad"] = new JsonObject { ["t"] = 60 },
            ["showactive"] = false,
            ["buttons"] = new JsonArray(Button("▶", null, 400), Button("❚❚", new JsonArray((JsonNode?)null), 0)),
        });
        layout["margin"] = new JsonObject { ["b"] = 130 };
    }
}
