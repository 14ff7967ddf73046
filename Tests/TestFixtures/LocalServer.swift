import Glibc
import SystemPackage

/// A web server on this machine that behaves well or badly, as the first part of the path says.
///
/// `/file/NAME` serves a file and its ranges; `/cut/N/NAME` closes after N bytes of each answer; `/norange/N/NAME`
/// cuts only the first answer and ignores ranges; `/slow/NAME` never ends an answer and `/endless` has no end; `/loop`,
/// `/hang` and `/status/CODE` do what they say; `/to/PATH` redirects and `/away` redirects to a file; `/html/NAME` and
/// `/json/NAME` are pages of the Simple API. A file that is not there closes the connection.
public final class LocalServer: Sendable {
  /// The address without a slash at the end; nil when this machine has no Python.
  public let address: String
  /// What it serves.
  public let folder: TemporaryFolder
  private let process: Int32

  /// Starts a server; nil when this machine has no `python3`.
  public init?() throws {
    folder = try TemporaryFolder()
    try folder.write("server.py", Self.script)
    process = FixtureProcess.spawn(
      "/usr/bin/env", ["python3", folder.path.appending("server.py").string, folder.path.string])
    var port = ""
    for _ in 0..<400 where port.isEmpty {
      usleep(25_000)
      port = (try? String(decoding: folder.read("port"), as: UTF8.self)) ?? ""
    }
    address = "http://127.0.0.1:\(port)"
    if port.isEmpty {
      kill(process, SIGKILL)
      FixtureProcess.wait(process)
      return nil
    }
  }

  deinit {
    kill(process, SIGKILL)
    FixtureProcess.wait(process)
  }

  /// The paths that were asked for, with `Range` where one was given, in order.
  public var requests: [String] {
    let text = (try? String(decoding: folder.read("requests"), as: UTF8.self)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  private static let script = """
    import http.server, os, re, sys, time
    root = sys.argv[1]
    os.chdir(root)
    seen = set()
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *args): pass
        def do_GET(self):
            span = self.headers.get("Range")
            with open("requests", "a") as log: log.write(self.path + (" " + span if span else "") + "\\n")
            self.close_connection = True
            parts = self.path.strip("/").split("/")
            getattr(self, "do_" + parts[0].replace(".", "_"), self.missing)(parts[1:], span)
        def missing(self, parts, span): self.answer(404, b"nothing here")
        def answer(self, code, body, **headers):
            self.send_response(code)
            headers.setdefault("Content_Length", str(len(body)))
            for name, value in headers.items(): self.send_header(name.replace("_", "-"), value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
        def body(self, parts):
            with open(os.path.join(root, "/".join(parts)), "rb") as file: return file.read()
        def ranged(self, body, span, count=None):
            start = int(re.match(r"bytes=(\\d+)-", span).group(1)) if span else 0
            if span and start >= len(body): return self.answer(416, b"")
            rest = body[start:]
            headers = {"Content_Length": str(len(rest)), "Accept_Ranges": "bytes"}
            if span: headers["Content_Range"] = "bytes %d-%d/%d" % (start, len(body) - 1, len(body))
            self.answer(206 if span else 200, rest if count is None else rest[:count], **headers)
        def do_file(self, parts, span): self.ranged(self.body(parts), span)
        def do_cut(self, parts, span): self.ranged(self.body(parts[1:]), span, int(parts[0]))
        def do_norange(self, parts, span):
            body, first = self.body(parts[1:]), self.path not in seen
            seen.add(self.path)
            self.answer(200, body[:int(parts[0])] if first else body, Content_Length=str(len(body)))
        def do_slow(self, parts, span):
            body = self.body(parts)
            self.answer(200, body[:10], Content_Length=str(len(body)))
            self.wfile.flush()
            time.sleep(60)
        def do_endless(self, parts, span):
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            for _ in range(100000): self.wfile.write(b"x" * 65536)
        def do_loop(self, parts, span): self.answer(302, b"", Location=self.path)
        def do_hang(self, parts, span): time.sleep(60)
        def do_status(self, parts, span): self.answer(int(parts[0]), b"as asked")
        def do_to(self, parts, span): self.answer(302, b"", Location="/" + "/".join(parts))
        def do_away(self, parts, span): self.answer(302, b"", Location="file:///etc/hostname")
        def do_html(self, parts, span): self.answer(200, self.body(parts), Content_Type="text/html")
        def do_json(self, parts, span):
            self.answer(200, self.body(parts), Content_Type="application/vnd.pypi.simple.v1+json")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None
    with open("port.new", "w") as file: file.write(str(server.server_port))
    os.rename("port.new", "port")
    server.serve_forever()
    """
}
