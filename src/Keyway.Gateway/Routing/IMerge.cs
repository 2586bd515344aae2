using Keyway.Protocol;

namespace Keyway.Gateway.Routing;

/// <summary>How one command makes one reply of its parts', where no policy of the table says it.</summary>
internal interface IMerge
{
    /// <summary>Whether this is what the part can be answered with, errors aside. What is not never reaches <see cref="Write"/>.</summary>
    bool Takes(int part, ReadOnlySpan<byte> reply);

    /// <summary>
    /// All parts have been answered, none by an error. Their replies are in the protocol that the client spoke when it asked; by now it may speak another.
    /// </summary>
    void Write(Gather gather, ReplyBuffer output);

    /// <summary>The same, as soon as it is so; its turn among the client's replies may be later.</summary>
    void OnSucceeded(Gather gather) { }
}
