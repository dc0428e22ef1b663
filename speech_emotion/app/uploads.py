"""Write what a browser sends to a file, and answer what cannot be used with one line."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import BodyPartReader, StreamReader, web

from speech_emotion.core.errors import UserError

MAX_MEGABYTES = 64  # of an upload
MAX_BYTES = MAX_MEGABYTES << 20
CHUNK_BYTES = 1 << 16


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def explain_errors(handler: Handler) -> Handler:
    """Decorate a handler: it answers a UserError with status 422 and {"error": ...}."""

    @wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except UserError as error:
            return web.json_response({"error": str(error)}, status=422)

    return handle


async def receive(content: StreamReader | BodyPartReader, file, already: int = 0) -> int:
    """Write all of `content` to an open file, and return how many bytes it has.

    Raises:
        UserError: they are more than MAX_BYTES, together with `already`, those of other parts.
    """
    size = 0
    while chunk := await _next_chunk(content):
        size += len(chunk)
        if already + size > MAX_BYTES:
            limit = f"{MAX_MEGABYTES} MB"
            raise UserError(f"more than {limit}; shorten it, or use the command speech-emotion")
        file.write(chunk)
    file.flush()
    return size


async def _next_chunk(content: StreamReader | BodyPartReader) -> bytes:
    if isinstance(content, BodyPartReader):
        return await content.read_chunk(CHUNK_BYTES)
    return await content.read(CHUNK_BYTES)
