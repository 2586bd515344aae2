using System.Security.Cryptography;

namespace Keyway.Protocol.Configuration;

/// <summary>
/// The one "user" line that this server reads and writes: that of the default user with all rights, whose password is requirepass. CONFIG REWRITE leaves
/// it in every file, Redis's as well as ours.
/// </summary>
public static class DefaultUser
{
    private static readonly string[] Rights = ["~*", "&*", "+@all", "on", "allkeys", "allchannels", "allcommands", "sanitize-payload", "skip-sanitize-payload"];

    public static void Check(ConfLine line, string password)
    {
        bool isDefault = line.Arguments[0] == "default";
        bool hasAllRights = line.Arguments.Skip(1).All(word => Rights.Contains(word) || word == "nopass" || word == "resetpass" || word.StartsWith('#') || word.StartsWith('>'));
        if (!isDefault || !hasAllRights) throw ConfFileException.At(line.Number, line.Text, "users with rights of their own are not supported by this server yet");

        foreach (string word in line.Arguments.Skip(1))
        {
            bool isWrong = (word.StartsWith('#') && word[1..] != Hash(password)) || (word.StartsWith('>') && word[1..] != password);
            if (isWrong) throw ConfFileException.At(line.Number, line.Text, "the default user's password must be given as requirepass");
        }
    }

    public static string Line(string password) => $"user default on {(password.Length == 0 ? "nopass" : $"#{Hash(password)}")} ~* &* +@all";

    /// <summary>As users are written: their passwords are not.</summary>
    public static string Hash(string password) => Convert.ToHexStringLower(SHA256.HashData(ByteText.ToBytes(password)));
}
