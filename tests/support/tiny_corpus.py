"""A corpus of six clips in the layout of TESS, as folders and as zip archives."""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np

FEAR = "OAF_back_fear.wav"
NEUTRAL = "OA_bite_neutral.wav"
SURPRISE = "YAF_young_ps.wav"
PATHS = [
    f"OAF_Fear/{FEAR}",
    f"OAF_neutral/{NEUTRAL}",
    "OAF_Pleasant_surprise/OAF_base_ps.wav",
    "YAF_angry/YAF_germ_angry.wav",
    "YAF_sad/YAF_beg_sad.wav",
    f"YAF_pleasant_surprised/{SURPRISE}",
]
DESCRIPTION = """\
title: Tiny set
license: CC0
citation: Somebody (2020)
homepage: https://example.org/tiny
megabytes: 1
sources: []
pattern: (?P<speaker>OAF?|YAF)_(?P<word>[a-z]+)_(?P<emotion>[a-z]+)\\.wav
speakers: {OA: OAF}
labels: {angry: anger, fear: fear, neutral: neutral, ps: surprise, sad: sadness}
"""


def make_clips() -> dict[str, bytes]:
    """Return path -> content. Only the hash of the content matters, so it is noise."""
    random = np.random.default_rng(0)
    return {path: random.bytes(60_000) for path in PATHS}


def describe(folder: Path, clips: dict[str, bytes]) -> None:
    """Write corpus.yaml and SHA256SUMS into `folder`."""
    folder.mkdir(parents=True)
    (folder / "corpus.yaml").write_text(DESCRIPTION)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in clips.items()]
    (folder / "SHA256SUMS").write_text("".join(sums))


def zip_bytes(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip archive of path -> content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    """Write path -> content below `folder`, and return it."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder
