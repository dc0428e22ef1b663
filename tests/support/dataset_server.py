"""A local web server that imitates the servers that corpora are downloaded from, and their failures."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHUNK = 50_000
Fault = tuple[str, int]


@dataclass
class ServedFile:
    """What is served at a path.

    Attributes:
        faults: the error of each of the next responses: a status, or ("cut" or "stall", after how many bytes). The
            responses after these are good.
        ranges: whether the header Range is supported.
        chunked: whether the body is sent in chunks, without its length.
    """

    body: bytes
    faults: Iterator[int | Fault]
    ranges: bool = True
    chunked: bool = False


class DatasetServer(ThreadingHTTPServer):
    """A context manager that serves files. `requests` lists the path and the Range of each request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, ServedFile] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.stopped = threading.Event()

    def put(self, path: str, body: bytes = b"", faults=(), **options) -> str:
        """Serve a file at `path` and return its address."""
        self.files[path] = ServedFile(body, iter(faults), **options)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def __enter__(self) -> "DatasetServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_) -> None:
        """Stay quiet when a client hangs up."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        served = self.server.files[self.path]
        wanted = self.headers.get("Range")
        self.server.requests.append((self.path, wanted))
        fault = next(served.faults, None)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and served.ranges else 0
        if isinstance(fault, int):
            self.send_error(fault)
        elif start >= max(len(served.body), 1):
            self.send_head(416, {"Content-Range": f"bytes */{len(served.body)}", "Content-Length": 0})
        else:
            self.send_file(served, start, fault)

    def send_head(self, status: int, headers: dict[str, object]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def send_file(self, served: ServedFile, start: int, fault: Fault | None) -> None:
        size = len(served.body)
        headers = {"Transfer-Encoding": "chunked"} if served.chunked else {"Content-Length": size - start}
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self.send_head(206 if start else 200, headers)
        end = start + fault[1] if fault else size
        for position in range(start, min(end, size), CHUNK):
            chunk = served.body[position : min(position + CHUNK, end)]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk) if served.chunked else chunk)
        if fault:
            self.fail(fault[0])
        elif served.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def fail(self, how: str) -> None:
        self.close_connection = True
        if how == "stall":
            self.server.stopped.wait(10)
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_) -> None:
        """Write no access log."""
