import hashlib
import itertools

import pytest
from support.tiny_corpus import zip_bytes

from speech_emotion.core.errors import UserError
from speech_emotion.corpus.description import Source
from speech_emotion.corpus.http import RetryPolicy, download

pytestmark = pytest.mark.slow

POLICY = RetryPolicy(timeouts=(2, 0.3), pauses=(0, 0.01, 0.01))
LIMIT = 1_000_000
BREAK = 200_000  # bytes, after which a transfer breaks


@pytest.fixture(scope="module")
def body(clips):
    return zip_bytes(clips)


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "archive.zip"


def get(url, archive, **hashes):
    download(Source(url=url, **hashes), archive, LIMIT, POLICY)
    assert not part_of(archive).exists()
    return archive.read_bytes()


def part_of(archive):
    return archive.with_name("archive.zip.part")


@pytest.mark.parametrize(
    "options",
    [{}, {"chunked": True}, {"ranges": False}, {"faults": [500]}, {"faults": [429, 503]}],
    ids=str,
)
def test_good_and_briefly_busy_servers(server, body, archive, options):
    assert get(server.put("/a.zip", body, **options), archive, md5=hashlib.md5(body).hexdigest()) == body


@pytest.mark.parametrize("fault", ["cut", "stall"])
@pytest.mark.parametrize("options", [{}, {"chunked": True}, {"ranges": False}], ids=str)
def test_broken_transfer_is_resumed(server, body, archive, fault, options):
    assert get(server.put("/a.zip", body, faults=[(fault, BREAK)], **options), archive) == body
    _, (_, second) = server.requests
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= BREAK


def test_next_run_resumes(server, body, archive):
    url = server.put("/a.zip", body, faults=[("cut", BREAK), 503, 503])
    with pytest.raises(UserError, match="3 attempts failed.*503.*resume"):
        get(url, archive)
    kept = part_of(archive).stat().st_size
    assert get(url, archive) == body
    assert server.requests[-1] == ("/a.zip", f"bytes={kept}-")


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("extra", [b"", b"longer"])
@pytest.mark.parametrize("old", [b"PK older archive", None], ids=["older", "complete"])
def test_any_earlier_bytes_lead_to_the_archive(server, body, archive, old, extra, ranges):
    part_of(archive).write_bytes((old or body) + extra)
    assert get(server.put("/a.zip", body, ranges=ranges), archive, md5=hashlib.md5(body).hexdigest()) == body


@pytest.mark.parametrize(
    ("page", "hashes", "message"),
    [
        ({"body": b"<!DOCTYPE html><title>Guestbook"}, {}, "expected a complete zip .*DOCTYPE"),
        ({"body": zip_bytes({"a.wav": b"a"})[:-30], "chunked": True}, {}, "expected a complete zip"),
        ({"body": zip_bytes({"a.wav": b"a"})}, {"md5": "12"}, "md5 .* not 12"),
        ({"body": zip_bytes({"a.wav": b"a"})}, {"sha256": "34"}, "sha256 .* not 34"),
        ({"body": bytes(2 * LIMIT)}, {}, "more than 1,000,000 bytes"),
        ({"faults": [404]}, {}, "404"),
        ({"faults": [403]}, {}, "403"),
    ],
    ids=["page", "truncated", "md5", "sha256", "too large", "404", "403"],
)
def test_wrong_response_is_refused_at_once_and_not_kept(server, archive, page, hashes, message):
    with pytest.raises(UserError, match=message):
        get(server.put("/a.zip", **page), archive, **hashes)
    assert len(server.requests) == 1
    assert not archive.exists() and not part_of(archive).exists()


def test_failing_or_unreachable_server_is_tried_a_few_times(server, archive):
    with pytest.raises(UserError, match="3 attempts.*500"):
        get(server.put("/a.zip", faults=itertools.repeat(500)), archive)
    assert len(server.requests) == 3
    with pytest.raises(UserError, match="3 attempts.*refused"):
        get("http://127.0.0.1:1/a.zip", archive)
