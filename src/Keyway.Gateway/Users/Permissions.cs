using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Users;

/// <summary>What a user may not do: asked of each request of a restricted user, before anything of it runs or is queued.</summary>
internal static class Permissions
{
    /// <param name="keys">Memory to be used again.</param>
    /// <returns>Why not, in Redis's words; null when it may.</returns>
    public static Denial Check(User user, Command row, Arguments arguments, ref KeyList keys)
    {
        if (!user.MayRun(row)) return new Denial(DenialReason.Command, Encoding.ASCII.GetBytes(row.Name));
        if (user.TouchesAllKeys) return default;
        if (row.Group == "pubsub" && row.KeySpecs.IsEmpty) return CheckChannels(user, row, arguments);
        if (KeyExtractor.Extract(row, arguments, ref keys) != KeyStatus.Found) return default;
        Denial denial = CheckKeys(user, arguments, in keys);
        if (denial.IsNone && row.Name is "sort" or "sort_ro") denial = CheckSort(arguments);
        return denial;
    }

    /// <summary>The same of a large request whose keys are known, though its end has not come.</summary>
    public static Denial CheckBeginning(User user, Command row, Arguments arguments, in KeyList keys)
    {
        if (!user.MayRun(row)) return new Denial(DenialReason.Command, Encoding.ASCII.GetBytes(row.Name));
        return user.TouchesAllKeys ? default : CheckKeys(user, arguments, in keys);
    }

    private static Denial CheckKeys(User user, Arguments arguments, in KeyList keys)
    {
        foreach (KeyReference key in keys.Items)
        {
            if (user.MayTouch(arguments[key.Index])) continue;
            return new Denial((key.Access & KeyAccess.NotKey) != 0 ? DenialReason.Channel : DenialReason.Key, arguments[key.Index].ToArray());
        }
        return default;
    }

    private static Denial CheckChannels(User user, Command row, Arguments arguments)
    {
        bool isPattern = row.Name == "psubscribe";
        if (!isPattern && row.Name is not ("subscribe" or "publish")) return default;
        int end = row.Name == "publish" ? 2 : arguments.Count;
        for (int i = 1; i < end; i++)
        {
            bool may = isPattern ? user.MayMatch(arguments[i]) : user.MayTouch(arguments[i]);
            if (!may) return new Denial(DenialReason.Channel, arguments[i].ToArray());
        }
        return default;
    }

    // The patterns of SORT stand for keys that nobody can name beforehand: only who may read all keys may use them.
    private static Denial CheckSort(Arguments arguments)
    {
        for (int i = 2; i + 1 < arguments.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(arguments[i], "LIMIT"u8)) i += 2;
            else if (Ascii.EqualsIgnoreCase(arguments[i], "STORE"u8)) i++;
            else if (Ascii.EqualsIgnoreCase(arguments[i], "GET"u8)) return new Denial(DenialReason.SortGet, []);
            else if (Ascii.EqualsIgnoreCase(arguments[i], "BY"u8) && arguments[++i].Contains((byte)'*')) return new Denial(DenialReason.SortBy, []);
        }
        return default;
    }
}
