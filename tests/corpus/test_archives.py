import struct
import zipfile

import pytest
from support.tiny_corpus import write_files, zip_bytes

from speech_emotion.core.errors import UserError
from speech_emotion.corpus.archives import UnreadableFileError, open_audio_files

FILES = {
    "b/clip.wav": b"second",
    "a/clip.WAV": b"first",
    "a/.clip.wav": b"hidden",
    "__MACOSX/._clip.wav": b"hidden",
    "MANIFEST.TXT": b"no audio",
}
CONTENT = b"clip" * 1000


def read_zip(path, content):
    path.write_bytes(content)
    with open_audio_files(path) as files:
        return {file.path: file.read() for file in files}


def test_audio_files_of_a_folder_and_of_an_archive_are_the_same(tmp_path):
    with open_audio_files(write_files(tmp_path / "folder", FILES)) as files:
        assert [(file.path, file.size) for file in files] == [("a/clip.WAV", 5), ("b/clip.wav", 6)]
        in_folder = {file.path: file.read() for file in files}
    assert in_folder == {"a/clip.WAV": b"first", "b/clip.wav": b"second"}
    assert read_zip(tmp_path / "a.zip", zip_bytes(FILES)) == in_folder


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 incomplete"])
def test_file_that_is_not_an_archive(tmp_path, content):
    with pytest.raises(UserError, match="neither a folder nor a complete zip archive"):
        read_zip(tmp_path / "a.zip", content)


def packed(compression=zipfile.ZIP_STORED):
    return zip_bytes({"a.wav": CONTENT}, compression)


@pytest.mark.parametrize(
    "archive",
    [
        packed().replace(b"clipclip", b"clipclap"),
        packed(zipfile.ZIP_DEFLATED)[:35] + b"\xff" + packed(zipfile.ZIP_DEFLATED)[36:],  # after header and name
        packed(zipfile.ZIP_DEFLATED).replace(struct.pack("<L", len(CONTENT)), struct.pack("<L", 10)),
        packed().replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
    ],
    ids=["checksum", "compression", "size", "encrypted"],
)
def test_unreadable_member(tmp_path, archive):
    with pytest.raises(UnreadableFileError, match=r"a\.wav"):
        read_zip(tmp_path / "a.zip", archive)
