using System.Net;

namespace Keyway.Tests.Admin;

/// <summary>Asks an admin page.</summary>
internal static class Http
{
    public static (HttpStatusCode Status, string Text) Get(int port, string path) => Send(HttpMethod.Get, port, path);

    public static (HttpStatusCode Status, string Text) Send(HttpMethod method, int port, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{port}{path}");
        foreach ((string name, string value) in headers) request.Headers.Add(name, value);
        using HttpResponseMessage response = client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return (response.StatusCode, reader.ReadToEnd());
    }
}
