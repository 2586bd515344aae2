using System.Net;
using System.Net.Http;
using Keyway.Configuration;

namespace Keyway.Admin;

/// <summary>How other verbs talk to the running gateway: over its admin address.</summary>
internal static class AdminClient
{
    /// <summary>
    /// Demanded for what changes something: a web page that somebody has open can make a browser send a plain POST to loopback, but no
    /// header of its own.
    /// </summary>
    public const string VerbHeader = "X-Keyway-Verb";

    /// <exception cref="IOException">Nobody answers there; the message is for people.</exception>
    public static (HttpStatusCode Status, string Text) Send(HttpMethod method, Address admin, string path, TimeSpan limit)
    {
        // One that listens on every interface is reached on loopback.
        string host = admin.IsEveryInterface ? "127.0.0.1" : admin.Host.Contains(':') ? $"[{admin.Host}]" : admin.Host;
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = limit };
        using var request = new HttpRequestMessage(method, $"http://{host}:{admin.Port}{path}");
        request.Headers.Add(VerbHeader, method == HttpMethod.Post ? "reload" : "ping");
        try
        {
            using HttpResponseMessage response = client.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream());
            return (response.StatusCode, reader.ReadToEnd());
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException or IOException)
        {
            string why = failed is OperationCanceledException ? "no answer in time" : failed.Message;
            throw new IOException($"no gateway answers at {admin}: {why}", failed);
        }
    }
}
