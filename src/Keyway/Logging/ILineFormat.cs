using System.Text;

namespace Keyway.Logging;

/// <summary>Gives an entry its form.</summary>
internal interface ILineFormat
{
    /// <summary>Appends one or several whole lines, each with its line end.</summary>
    void Append(StringBuilder output, in LogLine line);
}
