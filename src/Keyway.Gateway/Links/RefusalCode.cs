namespace Keyway.Gateway.Links;

/// <summary>The codes of errors by which a server says that it did not run a request.</summary>
internal enum RefusalCode : byte
{
    /// <summary>Not such an error: whatever the reply says, the request may have run.</summary>
    None,

    /// <summary>The slot lives on another node of the cluster.</summary>
    Moved,

    /// <summary>The slot is on its way to another node, and the key is there already.</summary>
    Ask,

    /// <summary>The slot is on its way, and the keys are on both sides.</summary>
    TryAgain,

    /// <summary>The server does not know the script.</summary>
    NoScript,

    /// <summary>It is a replica, and this is a write.</summary>
    ReadOnly,

    /// <summary>Its data is still coming from its disk or its master.</summary>
    Loading,

    /// <summary>It is a replica that has lost its master and may not serve what it has.</summary>
    MasterDown,

    /// <summary>The cluster does not serve the slot.</summary>
    ClusterDown,
}
