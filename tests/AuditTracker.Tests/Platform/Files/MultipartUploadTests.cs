using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform.Files;

/// <summary>Runs while no other test does: it measures the memory of the whole process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class MultipartUploadTests(UploadHost host) : IClassFixture<UploadHost>
{
    private const string Line = "\r\n";

    private sealed record Answer(Dictionary<string, string[]> Fields, UploadedFile[] Files, string[] TooLarge);

    [Fact]
    public async Task Fields_and_files_arrive_with_names_as_typed()
    {
        var body = Field("note", "更新しました") + Field("link", "https://a.example/") + Field("link", "https://b.example/")
            + File("file", "アクセス権 \"髙﨑\".xlsx", "一") + File("file", "../../x.PDF", "二") + File("file", "", "") + File("other", "same.html", "一");

        var answer = await ReadAsync(await SendAsync("/api", body));

        Assert.Equal(["更新しました"], answer.Fields["note"]);
        Assert.Equal(["https://a.example/", "https://b.example/"], answer.Fields["link"]);
        Assert.Equal(["アクセス権 \"髙﨑\".xlsx", "x.PDF", "same.html"], answer.Files.Select(f => f.FileName));
        Assert.Equal(["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf", "text/html"], answer.Files.Select(f => f.MediaType));
        Assert.Equal(answer.Files[0].Blob, answer.Files[2].Blob);
        Assert.Equal("other", answer.Files[2].Field);
        using var reader = new StreamReader(host.Blobs.Open(answer.Files[1].Blob.Sha256));
        Assert.Equal("二", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Http_client_and_many_files_work()
    {
        using var form = new MultipartFormDataContent { { new StringContent("n"), "note" } };
        for (var i = 0; i < 50; i++)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes($"{i}")), "file", $"証跡{i}.txt");
        }

        var answer = await ReadAsync(await host.Client.PostAsync("/api", form));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"証跡{i}.txt"), answer.Files.Select(f => f.FileName));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_named_and_the_others_are_kept()
    {
        host.Limits = new UploadLimits { MaxFileBytes = 1000 };
        try
        {
            var answer = await ReadAsync(await SendAsync(
                "/api", File("file", "a.txt", "a") + File("file", "大きい.txt", new string('x', 3 << 20)) + File("file", "b.txt", new string('b', 1000))));

            Assert.Equal(["a.txt", "b.txt"], answer.Files.Select(f => f.FileName));
            Assert.Equal(["大きい.txt"], answer.TooLarge);
        }
        finally
        {
            host.Limits = new UploadLimits { MaxFileBytes = UploadHost.MaxFileBytes };
        }
    }

    [Fact]
    public async Task Everything_wrong_with_an_upload_has_its_own_reason()
    {
        host.Limits = new UploadLimits { MaxFields = 3, MaxFieldBytes = 100, MaxFiles = 2, MaxRequestBytes = 5000 };
        try
        {
            Assert.Equal((400, "FieldAfterFile: note"), await RefusedAsync(File("file", "a", "a") + Field("note", "n")));
            Assert.Equal((400, "TooManyFields"), await RefusedAsync(string.Concat(Enumerable.Repeat(Field("n", "v"), 4))));
            Assert.Equal((400, "FieldTooLarge: note"), await RefusedAsync(Field("note", new string('x', 101))));
            Assert.Equal((400, "TooManyFiles: c"), await RefusedAsync(File("f", "a", "a") + File("f", "b", "b") + File("f", "c", "c")));
            Assert.Equal((400, "Malformed"), await RefusedAsync("--b" + Line + "Content-Type: text/plain" + Line + Line + "x" + Line));
            Assert.Equal((400, "Malformed"), await RefusedAsync("--b" + Line + "X: " + new string('x', 20000) + Line + Line + "x" + Line, maxed: false));
            Assert.Equal((413, "RequestTooLarge"), await RefusedAsync(File("f", "a", new string('x', 6000))));

            var json = await host.Client.PostAsync("/api", new StringContent("{}", Encoding.UTF8, "application/json"));
            Assert.Equal("NotMultipart", await json.Content.ReadAsStringAsync());
        }
        finally
        {
            host.Limits = new UploadLimits { MaxFileBytes = UploadHost.MaxFileBytes };
        }
    }

    [Fact]
    public async Task A_body_that_ends_early_keeps_nothing_of_the_broken_file()
    {
        var before = host.StoredFiles.Length;
        var whole = File("file", "cut.txt", new string('y', 100_000));

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(whole[..50_000]));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        var answer = await host.Client.PostAsync("/api", content);

        Assert.Equal((HttpStatusCode.BadRequest, "Incomplete: cut.txt"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(before, host.StoredFiles.Length);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing()
    {
        var before = host.StoredFiles.Length;
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync("127.0.0.1", host.Client.BaseAddress!.Port);
            await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(Head("/api", 9_000_000) + File("file", "gone.bin", new string('g', 3_000_000))[..2_500_000]));
            for (var i = 0; i < 100 && host.StoredFiles.Length == before; i++)
            {
                await Task.Delay(50);
            }

            Assert.True(host.StoredFiles.Length > before, "the upload never began");
        }

        for (var i = 0; i < 100 && host.StoredFiles.Length > before; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(before, host.StoredFiles.Length);
    }

    [Fact]
    public async Task A_page_with_a_true_token_is_read_and_a_false_one_is_answered_before_the_file()
    {
        var page = await host.Client.GetAsync("/token"); // the client keeps the cookie
        var token = await page.Content.ReadAsStringAsync();
        var cookie = page.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var before = host.StoredFiles.Length;

        var good = await SendAsync("/page", Field("__RequestVerificationToken", token) + Field("note", "n") + File("file", "page.txt", "page"));
        Assert.Equal("page.txt", Assert.Single((await ReadAsync(good)).Files).FileName);
        Assert.Equal(before + 1, host.StoredFiles.Length);

        // Of 900 MB only the first bytes are ever sent: the answer cannot have waited for them.
        var start = Field("__RequestVerificationToken", "false") + File("file", "never.txt", "never read");
        var status = await host.SendOnlyAsync(Head("/page", 900_000_000, cookie) + start);
        Assert.StartsWith("HTTP/1.1 400", status);
        var bare = await SendAsync("/page", File("file", "bare.txt", "no token at all"));
        Assert.Equal("FieldsRefused", await bare.Content.ReadAsStringAsync());
        Assert.Equal(before + 1, host.StoredFiles.Length);
    }

    [Fact]
    public async Task Three_hundred_megabytes_pass_in_flat_memory()
    {
        await SendAsync("/api", File("file", "warm.bin", new string('w', 2_000_000)));
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var idle = self.WorkingSet64;
        long top = 0;
        var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var form = new MultipartFormDataContent
        {
            {
                new Generated(300L << 20, part =>
                {
                    expected.AppendData(part);
                    self.Refresh();
                    top = Math.Max(top, self.WorkingSet64);
                }),
                "file", "large.bin"
            },
        };

        var answer = await ReadAsync(await host.Client.PostAsync("/api", form));

        Assert.Equal(new Blob(Convert.ToHexStringLower(expected.GetHashAndReset()), 300L << 20), Assert.Single(answer.Files).Blob);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Assert.True(allocated < 60 << 20, $"allocated {allocated >> 20} MiB (client and server) for 300 MiB");
        Assert.True(top - idle < 150 << 20, $"grew by {(top - idle) >> 20} MiB");
    }

    [Fact]
    public async Task A_download_is_an_attachment_with_ranges_that_nothing_caches_or_runs()
    {
        var blob = await host.Blobs.SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes("<script>alert(1)</script>")), 1000, default);
        var path = $"/file/{blob.Sha256}/{Uri.EscapeDataString("証跡.html")}";

        var whole = await host.Client.GetAsync(path);
        Assert.Equal("<script>alert(1)</script>", await whole.Content.ReadAsStringAsync());
        Assert.Equal("application/octet-stream", whole.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=\"__.html\"; filename*=UTF-8''%E8%A8%BC%E8%B7%A1.html", whole.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("nosniff", whole.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox; default-src 'none'", whole.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(new CacheControlHeaderValue { NoStore = true, Private = true }, whole.Headers.CacheControl);

        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(1, 6) } };
        var part = await host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "script"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(25, head.Content.Headers.ContentLength);
    }

    private static string Field(string name, string value) =>
        $"--b{Line}Content-Disposition: form-data; name=\"{name}\"{Line}{Line}{value}{Line}";

    private static string File(string field, string name, string content) =>
        $"--b{Line}Content-Disposition: form-data; name=\"{field}\"; filename=\"{name.Replace("\"", "%22")}\"{Line}Content-Type: text/evil{Line}{Line}{content}{Line}";

    private static string Head(string path, long length, string cookie = "none=1") =>
        $"POST {path} HTTP/1.1{Line}Host: localhost{Line}Cookie: {cookie}{Line}Content-Type: multipart/form-data; boundary=b{Line}Content-Length: {length}{Line}{Line}";

    private async Task<HttpResponseMessage> SendAsync(string path, string body, bool end = true)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body + (end ? $"--b--{Line}" : "")));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return await host.Client.PostAsync(path, content);
    }

    private async Task<(int Status, string Reason)> RefusedAsync(string body, bool maxed = true)
    {
        if (!maxed)
        {
            host.Limits = host.Limits with { MaxRequestBytes = 1 << 20 };
        }

        var answer = await SendAsync("/api", body);
        if (!maxed)
        {
            host.Limits = host.Limits with { MaxRequestBytes = 5000 };
        }

        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web))!;
    }

    /// <summary>Random bytes made while they are sent.</summary>
    private sealed class Generated(long length, Action<byte[]> onPart) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var part = new byte[1 << 20];
            var random = new Random(1);
            for (long sent = 0; sent < length; sent += part.Length)
            {
                random.NextBytes(part);
                onPart(part);
                await stream.WriteAsync(part);
            }
        }

        protected override bool TryComputeLength(out long size)
        {
            size = length;
            return true;
        }
    }
}
