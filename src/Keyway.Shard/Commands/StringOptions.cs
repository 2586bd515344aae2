namespace Keyway.Shard.Commands;

/// <summary>What follows the value of SET and the key of GETEX.</summary>
internal struct StringOptions
{
    public enum ExpiryForm : byte
    {
        None,
        Relative,
        AbsoluteSeconds,
        AbsoluteMs,
    }

    private int _expiryArgument;
    private int _unitMs;

    public bool OnlyIfMissing { get; private set; }

    public bool OnlyIfPresent { get; private set; }

    public bool Get { get; private set; }

    public bool KeepTtl { get; private set; }

    public bool Persist { get; private set; }

    public ExpiryForm Expiry { get; private set; }

    /// <returns>False once the syntax error has been answered.</returns>
    public static bool TryParse(ref CommandContext context, bool isSet, out StringOptions options)
    {
        options = default;
        for (int i = isSet ? 3 : 2; i < context.Arguments.Count; i++)
        {
            bool hasNext = i + 1 < context.Arguments.Count;
            if (!options.TryTake(context.Arguments[i], isSet, hasNext, out bool takesNumber))
            {
                context.ReplySyntaxError();
                return false;
            }

            if (takesNumber) options._expiryArgument = ++i;
        }

        return true;
    }

    /// <summary>The Unix time in ms that the options ask for, NoExpiry when none. False once an error has been answered.</summary>
    public readonly bool TryResolveExpiry(ref CommandContext context, out long expiresAtMs)
    {
        expiresAtMs = Keyspace.Database.NoExpiry;
        return Expiry == ExpiryForm.None
            || context.TryReadExpiry(_expiryArgument, _unitMs, isRelative: Expiry == ExpiryForm.Relative, out expiresAtMs);
    }

    private bool TryTake(ReadOnlySpan<byte> word, bool isSet, bool hasNext, out bool takesNumber)
    {
        takesNumber = false;
        if (isSet && Word.Is(word, "NX"u8) && !OnlyIfPresent) OnlyIfMissing = true;
        else if (isSet && Word.Is(word, "XX"u8) && !OnlyIfMissing) OnlyIfPresent = true;
        else if (isSet && Word.Is(word, "GET"u8)) Get = true;
        else if (isSet && Word.Is(word, "KEEPTTL"u8) && Expiry == ExpiryForm.None) KeepTtl = true;
        else if (!isSet && Word.Is(word, "PERSIST"u8) && Expiry == ExpiryForm.None) Persist = true;
        else return takesNumber = hasNext && !KeepTtl && !Persist && TryTakeExpiry(word);

        return true;
    }

    // The same one again is fine, and the last one counts; another one is not.
    private bool TryTakeExpiry(ReadOnlySpan<byte> word)
    {
        (ExpiryForm form, int unitMs) =
            Word.Is(word, "EX"u8) ? (ExpiryForm.Relative, 1000)
            : Word.Is(word, "PX"u8) ? (ExpiryForm.Relative, 1)
            : Word.Is(word, "EXAT"u8) ? (ExpiryForm.AbsoluteSeconds, 1000)
            : Word.Is(word, "PXAT"u8) ? (ExpiryForm.AbsoluteMs, 1)
            : (ExpiryForm.None, 0);
        bool isOther = Expiry != ExpiryForm.None && (form, unitMs) != (Expiry, _unitMs);
        if (form == ExpiryForm.None || isOther) return false;
        (Expiry, _unitMs) = (form, unitMs);
        return true;
    }
}
