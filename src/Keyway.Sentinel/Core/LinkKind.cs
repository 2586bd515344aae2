namespace Keyway.Sentinel.Core;

internal enum LinkKind
{
    Command,
    PubSub,
}
