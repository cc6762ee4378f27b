namespace ResearchKit.Data;

/// <summary>What becomes of a picture's transparency, which networks have no channel for.</summary>
public enum AlphaHandling
{
    /// <summary>The picture is laid on white: what is transparent becomes white.</summary>
    OnWhite,

    /// <summary>The colours stay as stored and the transparency is forgotten, as Pillow's <c>convert("RGB")</c> does; what lies under
    /// transparent parts is often arbitrary.</summary>
    Drop,
}
