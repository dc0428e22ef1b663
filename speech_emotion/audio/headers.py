"""What a file's own header says about its length: decoders read what there is and do not complain."""

import os
import struct
from typing import BinaryIO

from speech_emotion.core.errors import require

ENDLESS = 0x7FFF0000  # sizes from here on are written by programs that did not know the length yet
CONTAINERS = {b"RIFF": "<", b"RF64": "<", b"RIFX": ">", b"FORM": ">"}  # and the order of their bytes


def check_length(file: BinaryIO) -> None:
    """Refuse a wav, AIFF or MP3 file that is shorter than its header says.

    Raises:
        UserError: without the file's name.
    """
    size = os.fstat(file.fileno()).st_size
    head = file.read(4096)
    if head[:4] in CONTAINERS and head[8:12] in (b"WAVE", b"AIFF", b"AIFC"):
        _check_chunks(file, size, CONTAINERS[head[:4]])
    elif (place := max(head.find(b"Xing"), head.find(b"Info"))) >= 0 and b"\xff" in head[max(0, place - 36) : place]:
        _check_mp3(head, place, size)


def _check_chunks(file: BinaryIO, size: int, order: str) -> None:
    long = 0  # an RF64 file has the size of its data in a chunk of its own
    file.seek(12)
    while len(chunk := file.read(8)) == 8:
        name, length = chunk[:4], struct.unpack(order + "I", chunk[4:])[0]
        if name in (b"data", b"SSND"):
            there, claimed = size - file.tell(), long or length
            require(there > 0, "has a header but no samples; expected speech")
            if long or claimed < ENDLESS:
                _compare(there, claimed)
            return
        if name == b"ds64":
            long = int.from_bytes(file.read(16)[8:], "little")
            length -= 16
        file.seek(length + length % 2, os.SEEK_CUR)
    require(False, "has a header but no samples; expected speech")


def _check_mp3(head: bytes, place: int, size: int) -> None:
    """Compare with the Xing header, which LAME and others write into the first MP3 frame."""
    flags = int.from_bytes(head[place + 4 : place + 8], "big")
    if flags & 2:  # it has the number of bytes, behind the number of frames if that is there too
        field = place + (12 if flags & 1 else 8)
        start = head.rfind(b"\xff", max(0, place - 36), place)  # of the first MP3 frame
        _compare(size - start, int.from_bytes(head[field : field + 4], "big"))


def _compare(there: int, claimed: int) -> None:
    require(there >= claimed, f"is truncated: {there:,} bytes of the {claimed:,} that its header says")
