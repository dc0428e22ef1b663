"""A web server on this machine that behaves, well or badly, like the ones that corpora are fetched from."""

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What is served at a path.

    Attributes:
        faults: what goes wrong in each next answer: a status, or (how, after how many bytes) with how one of "cut",
            "reset", "stall"; None for a good answer, which is also what comes when they are used up.
        ranges, if_range: whether the server heeds these headers.
    """

    body: bytes = b""
    kind: str = "application/zip"
    etag: str = ""
    modified: str = ""
    ranges: bool = True
    if_range: bool = True
    chunked: bool = False
    location: str = ""
    faults: Iterator = field(default_factory=lambda: iter(()))


class DatasetServer(ThreadingHTTPServer):
    """Serves `pages` by path; `asked` lists path and Range of every request, `conditions` the If-Range."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.asked, self.conditions, self.stopped = {}, [], [], threading.Event()

    def put(self, path: str, body: bytes = b"", **options) -> str:
        """Serve `body` at `path` and return its address."""
        self.pages[path] = Page(body, **options)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def __enter__(self) -> "DatasetServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def handle_error(self, *_) -> None:
        """A client that hangs up on an answer it does not want is no failure here."""

    def __exit__(self, *_) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers one GET as its page says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        page, asked = self.server.pages[self.path], self.headers.get("Range")
        condition = self.headers.get("If-Range")
        self.server.asked.append((self.path, asked))
        self.server.conditions.append(condition)
        fault = next(page.faults, None)
        if isinstance(fault, int):
            self.send_error(fault)
        elif page.location:
            self.answer(302, {"Location": page.location, "Content-Length": 0})
        elif asked and page.ranges and (condition in (None, page.etag or page.modified) or not page.if_range):
            self.answer_from(page, int(asked.removeprefix("bytes=").removesuffix("-")), fault)
        else:
            self.answer(200, self.described(page, page.body))
            self.send(page, page.body, fault)

    def answer_from(self, page: Page, start: int, fault: object) -> None:
        size = len(page.body)
        if start >= size:
            return self.answer(416, {"Content-Range": f"bytes */{size}", "Content-Length": 0})
        body = page.body[start:]
        self.answer(206, {"Content-Range": f"bytes {start}-{size - 1}/{size}"} | self.described(page, body))
        self.send(page, body, fault)

    def described(self, page: Page, body: bytes) -> dict[str, object]:
        length = {"Transfer-Encoding": "chunked"} if page.chunked else {"Content-Length": len(body)}
        given = {"Content-Type": page.kind, "ETag": page.etag, "Last-Modified": page.modified}
        return length | {name: value for name, value in given.items() if value}

    def answer(self, status: int, headers: dict[str, object]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def send(self, page: Page, body: bytes, fault: object) -> None:
        how, after = fault or ("", len(body))
        pieces = [body[at : min(at + 50_000, after)] for at in range(0, after, 50_000)]
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if page.chunked else piece)
        if page.chunked and not how:
            self.wfile.write(b"0\r\n\r\n")
        if how == "stall":
            self.server.stopped.wait(10)
        if how == "reset":  # closing with unsent data discarded sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = bool(how)
        if how:
            self.wfile.flush()
            self.connection.close() if how == "reset" else self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_) -> None:
        """The tests' output is no place for an access log."""
