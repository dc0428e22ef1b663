"""Write what a browser sends to a file."""

from aiohttp import BodyPartReader, StreamReader

from speech_emotion.core.errors import UserError

MAX_MEGABYTES = 64  # of an upload
MAX_BYTES = MAX_MEGABYTES << 20
CHUNK_BYTES = 1 << 16


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
