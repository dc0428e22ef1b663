"""A tiny corpus from every kind of source and layout, and from servers and archives that misbehave."""

import builtins
import errno
import hashlib
import io
import itertools
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dataset_server import DatasetServer

from speech_emotion.corpus import description, download, verification
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.archives import AudioFile
from speech_emotion.corpus.description import Source
from speech_emotion.corpus.http import RetryPolicy
from stages import download as stage

REPOSITORY = Path(__file__).resolve().parents[1]
QUICK = RetryPolicy(connect=2, read=0.3, pause=0.01, attempts=3)
FIRST, SECOND, LAST = "OAF_back_fear.wav", "OA_bite_neutral.wav", "YAF_young_ps.wav"
PATHS = [
    f"OAF_Fear/{FIRST}",
    f"OAF_neutral/{SECOND}",
    "OAF_Pleasant_surprise/OAF_base_ps.wav",
    "YAF_angry/YAF_germ_angry.wav",
    "YAF_sad/YAF_beg_sad.wav",
    f"YAF_pleasant_surprised/{LAST}",
]
DESCRIPTION = """\
title: Tiny set
licence: CC0
citation: Somebody (2020)
homepage: https://example.org/tiny
doi: 10.1/tiny
megabytes: 1
sources: []
pattern: (?P<speaker>OAF?|YAF)_(?P<word>[a-z]+)_(?P<emotion>[a-z]+)\\.wav
speakers:
  OA: OAF
labels:
  angry: anger
  fear: fear
  neutral: neutral
  ps: surprise
  sad: sadness
"""


def base(path):
    return path.rpartition("/")[2]


def folder(path):
    return path.rpartition("/")[0]


@pytest.fixture(scope="session")
def clips():
    """Path as on Kaggle -> bytes; the hashes of bytes are all that counts, so noise will do."""
    random = np.random.default_rng(0)
    return {path: b"RIFF" + random.bytes(60_000) for path in PATHS} | {PATHS[3]: b"FORM....AIFF" + random.bytes(60_000)}


@pytest.fixture
def corpus(tmp_path, clips, monkeypatch):
    """The tiny corpus, described under the working folder, with no source yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder = tmp_path / "corpora" / "tiny"
    folder.mkdir(parents=True)
    (folder / "corpus.yaml").write_text(DESCRIPTION)
    sums = "".join(f"{hashlib.sha256(clip).hexdigest()}  {path}\n" for path, clip in clips.items())
    (folder / "SHA256SUMS").write_text(sums)
    return description.load("tiny")


@pytest.fixture
def server():
    with DatasetServer() as running:
        yield running


def zipped(files, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def unzipped(files, folder):
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def fetch(corpus, *urls, own=None, max_missing=0, say=lambda _: None, **known):
    corpus = replace(corpus, sources=tuple(Source(url=url, **known) for url in urls)) if urls else corpus
    environment = {} if own is None else {"SER_TINY": str(own)}
    return download.fetch(corpus, Path("data"), max_missing, say, lambda *_: None, environment, QUICK)


def assert_whole(clips, files=None):
    """data/ holds exactly the clips, flat and byte for byte, and no trace of how they came."""
    expected = {base(path): content for path, content in (files or clips).items()}
    assert {path.name: path.read_bytes() for path in Path("data/raw").iterdir()} == expected
    assert os.listdir("data") == ["raw"]


def assert_nothing():
    """No clip, and nothing half-unpacked, was left."""
    assert not set(os.listdir("data") if Path("data").exists() else []) - {"download"}


def part():
    return next(Path("data/download").glob("*.zip.part"))


# Layouts

LAYOUTS = {
    "kaggle": lambda clips: clips,
    "doubled": lambda clips: clips | {f"TESS Toronto emotional speech set data/{path}": clips[path] for path in clips},
    "flat": lambda clips: {base(path): clips[path] for path in clips} | {"MANIFEST.TXT": b"a list"},
    "normalised": lambda clips: {f"tess/{folder(path).lower()}/{base(path)}": clips[path] for path in clips},
    "mac": lambda clips: clips | {f"__MACOSX/._{base(path)}": b"fork" for path in clips},
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_clips(corpus, clips, tmp_path, layout, packed):
    files = LAYOUTS[layout](clips)
    own = unzipped(files, tmp_path / "own") if not packed else tmp_path / "own.zip"
    if packed:
        own.write_bytes(zipped(files, zipfile.ZIP_DEFLATED))
    findings = fetch(corpus, own=own)
    assert_whole(clips)
    assert findings.used == corpus.hashes and not findings.unexpected
    assert len(findings.duplicates) == (len(clips) if layout == "doubled" else 0)


def test_backslashes_of_windows_packers_are_folders(corpus, clips, tmp_path):
    (tmp_path / "own.zip").write_bytes(zipped({path.replace("/", "\\"): clips[path] for path in clips}))
    fetch(corpus, own=tmp_path / "own.zip")
    assert_whole(clips)


def test_earlier_clips_are_replaced_as_a_whole(corpus, clips, tmp_path):
    unzipped({"raw/old.wav": b"old", ".raw/half.wav": b"left by a killed run"}, Path("data"))
    fetch(corpus, own=unzipped(clips, tmp_path / "own"))
    assert_whole(clips)


# Verification


def test_each_kind_of_trouble_is_named_separately(corpus, clips, tmp_path):
    files = {path: clips[path] for path in PATHS[2:]} | {PATHS[1]: b"somebody's own recording", "mine.wav": b"mine"}
    files |= {f"again/{LAST}": clips[PATHS[-1]], "OAF_back_bored.wav": b"other label", "notes.txt": b"no audio"}
    findings = fetch(corpus, own=unzipped(files, tmp_path / "own"), max_missing=2)
    assert (findings.missing, findings.altered, findings.duplicates) == ([FIRST], [SECOND], [LAST])
    assert findings.unexpected == ["OAF_back_bored.wav", "mine.wav"]
    assert_whole(clips, {path: clips[path] for path in PATHS[2:]})


@pytest.mark.parametrize("folder", ["A", "Z"])
def test_right_copy_is_used_beside_an_altered_one(corpus, clips, tmp_path, folder):
    findings = fetch(corpus, own=unzipped(clips | {f"{folder}/{FIRST}": b"altered"}, tmp_path / "own"))
    assert (findings.altered, findings.duplicates) == ([], [FIRST])
    assert_whole(clips)


def test_too_many_missing_or_altered_clips_say_what_to_do(corpus, clips, tmp_path):
    own = unzipped({PATHS[0]: b"altered"} | {path: clips[path] for path in PATHS[2:]}, tmp_path / "own")
    with pytest.raises(
        UserError, match=f"missing 1 .{SECOND}., altered 1 .{FIRST}., .*at most 1 .*example.org.*SER_TINY"
    ):
        fetch(corpus, own=own, max_missing=1)
    assert_nothing()


def test_at_most_ten_clips_are_named():
    assert verification.summarize_names([f"{number}.wav" for number in range(11)]).endswith("8.wav, 9.wav, ...)")
    assert verification.summarize_names(["\x1b[2J.wav"]) == "1 ('\\x1b[2J.wav')"


@pytest.mark.parametrize(
    "own", ["", "nowhere", "nowhere.zip", "ftp://example.org/a.zip", "~nobody-here/x", "pipe", "x" * 5000]
)
def test_own_source_that_is_not_there_never_falls_through(corpus, server, clips, own):
    url = server.put("/good.zip", zipped(clips))
    os.mkfifo("pipe")
    with pytest.raises(UserError, match="SER_TINY is .* where no file or folder is; expected a folder"):
        fetch(corpus, url, own=own)
    assert server.asked == []


@pytest.mark.parametrize("content", [b"no zip", b"", b"PK\x03\x04 cut short"])
def test_own_file_that_is_no_archive_never_falls_through(corpus, server, clips, tmp_path, content):
    url = server.put("/good.zip", zipped(clips))
    (tmp_path / "own.zip").write_bytes(content)
    with pytest.raises(UserError, match="neither a folder nor a whole zip archive.*SER_TINY"):
        fetch(corpus, url, own=tmp_path / "own.zip")
    assert server.asked == []


def test_own_address_comes_before_the_sources(corpus, server, clips):
    good, own = server.put("/good.zip", zipped(clips)), server.put("/own.zip", zipped(clips))
    fetch(corpus, good, own=own)
    assert [path for path, _ in server.asked] == ["/own.zip"]


def test_unreadable_folder_is_named(corpus, clips, tmp_path, monkeypatch):
    own = unzipped(clips, tmp_path / "own")
    failing_open(monkeypatch, PATHS[0], "r", errno.EACCES)
    with pytest.raises(UserError, match=f"{PATHS[0]}: Permission denied"):
        fetch(corpus, own=own)


# Generated corpora


@pytest.mark.parametrize(("status", "names"), [(0, ["OAF_a_fear", "YAF_b_sad"]), (3, ["OAF_a_fear"]), (0, [])])
def test_generator_runs_in_a_fresh_process(corpus, status, names):
    script = (
        f"import pathlib, sys\nfor name in {names}:\n    pathlib.Path(sys.argv[1], name + '.wav').write_text(name)\n"
    )
    Path("maker.py").write_text(f"{script}sys.exit({status})\n")
    generated = replace(corpus, hashes={}, sources=(Source(module="maker"),))
    if status or not names:
        with pytest.raises(UserError, match="ended with status 3" if status else "no clip of tiny found"):
            fetch(generated)
        return assert_nothing()
    assert sorted(fetch(generated).used) == [f"{name}.wav" for name in names]
    assert sorted(os.listdir("data/raw")) == [f"{name}.wav" for name in names]


# Servers

GOOD_SERVERS = {
    "plain": {},
    "no length": {"chunked": True},
    "versions": {"etag": '"1"'},
    "no ranges": {"ranges": False},
    "busy once": {"faults": [500]},
    "slow down": {"faults": [429, 503]},
}


@pytest.mark.parametrize("behaviour", GOOD_SERVERS)
def test_good_servers(corpus, clips, server, behaviour):
    options = GOOD_SERVERS[behaviour]
    body = zipped(clips)
    server.put("/real", body, **options | {"faults": iter(options.get("faults", []))})
    fetch(corpus, server.put("/moved", location="/real"), md5=hashlib.md5(body).hexdigest())
    assert_whole(clips)


BROKEN = [("cut", 200_000), ("reset", 200_000), ("stall", 200_000)]
MONDAY, TUESDAY = {"modified": "Mon, 07 Nov 1994 08:49:37 GMT"}, {"modified": "Tue, 08 Nov 1994 08:49:37 GMT"}
RESUMING = {"etag": {"etag": '"1"'}, "date": MONDAY, "neither": {}}


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault[0])
@pytest.mark.parametrize("version", RESUMING)
def test_broken_transfer_goes_on_where_it_broke(corpus, clips, server, fault, version):
    fetch(corpus, server.put("/a.zip", zipped(clips), faults=iter([fault]), **RESUMING[version]))
    assert_whole(clips)
    assert [asked is None for _, asked in server.asked] == [True, False]
    assert 0 < int(server.asked[1][1].removeprefix("bytes=").removesuffix("-")) <= 200_000


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault[0])
@pytest.mark.parametrize("options", [{"ranges": False}, {"chunked": True}, {"etag": 'W/"weak"'}], ids=str)
def test_broken_transfer_ends_well_on_simple_servers(corpus, clips, server, fault, options):
    body = zipped(clips)
    fetch(corpus, server.put("/a.zip", body, faults=iter([fault]), **options), md5=hashlib.md5(body).hexdigest())
    assert_whole(clips)
    assert server.conditions == [None, None]


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault[0])
def test_part_is_kept_across_runs_and_is_no_archive(corpus, clips, server, fault):
    url = server.put("/a.zip", zipped(clips), etag='"1"', faults=iter([fault, *[("cut", 0)] * 2]))
    with pytest.raises(UserError, match=r"3 attempts failed, .* bytes are kept, the next run goes on"):
        fetch(corpus, url)
    assert_nothing()
    kept = part().stat().st_size
    fetch(corpus, url)
    assert server.asked[-1] == ("/a.zip", f"bytes={kept}-")
    assert_whole(clips)


def broken_run(corpus, server, body, **options):
    url = server.put("/a.zip", body, faults=itertools.chain([("cut", 200_000)], itertools.repeat(503, 2)), **options)
    with pytest.raises(UserError, match="503"):
        fetch(corpus, url)
    return url


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize(
    ("before", "now"), [({"etag": '"1"'}, {"etag": '"2"'}), (MONDAY, TUESDAY), (MONDAY, {}), ({}, {})]
)
def test_part_of_an_older_archive_is_not_joined_with_the_newer(corpus, clips, server, before, now, ranges):
    broken_run(corpus, server, zipped({path: b"older" + clip for path, clip in clips.items()}), **before)
    fetch(corpus, server.put("/a.zip", zipped(clips), ranges=ranges, **now))
    assert_whole(clips)


def test_server_is_told_which_version_to_go_on_with(corpus, clips, server):
    broken_run(corpus, server, zipped(clips), **MONDAY)
    fetch(corpus, server.put("/a.zip", zipped(clips), etag='"2"', **TUESDAY))
    assert server.conditions == [None, *MONDAY.values(), *MONDAY.values(), *MONDAY.values()]


def test_other_version_of_equal_length_is_not_joined_even_if_the_server_does_not_care(corpus, clips, server):
    broken_run(corpus, server, zipped({path: bytes(len(clip)) for path, clip in clips.items()}), etag='"1"')
    fetch(corpus, server.put("/a.zip", zipped(clips), etag='"2"', if_range=False))
    assert_whole(clips)


def test_joined_archive_with_a_wrong_hash_is_fetched_afresh(corpus, clips, server):
    body = zipped(clips)
    broken_run(corpus, server, b"PK" + bytes(len(body) - 2))
    fetch(corpus, server.put("/a.zip", body), md5=hashlib.md5(body).hexdigest())
    assert_whole(clips)


def test_part_that_is_whole_already_is_settled_by_416(corpus, clips, server):
    body = zipped(clips)
    url = broken_run(corpus, server, body, etag='"1"')
    part().write_bytes(body)
    fetch(corpus, url)
    assert len(server.asked) == 4 and server.asked[-1][1] == f"bytes={len(body)}-"
    assert_whole(clips)


def test_part_longer_than_the_archive_is_fetched_afresh(corpus, clips, server):
    url = broken_run(corpus, server, zipped(clips), etag='"1"')
    part().write_bytes(zipped(clips) + b"more")
    fetch(corpus, url)
    assert server.asked[-1][1] is None
    assert_whole(clips)


def test_page_instead_of_an_archive_is_refused_with_what_came(corpus, server):
    url = server.put("/guestbook", b"<!DOCTYPE html><title>Guestbook</title>", kind="text/html")
    with pytest.raises(UserError, match="text/html, beginning .*Guestbook.*; expected a zip archive"):
        fetch(corpus, url)
    assert len(server.asked) == 1
    assert_nothing()


def test_page_instead_of_the_rest_does_not_cost_what_came_before(corpus, clips, server):
    url = broken_run(corpus, server, zipped(clips), etag='"1"')
    kept = part().stat().st_size
    server.put("/a.zip", b"<html>down for maintenance", kind="text/html", ranges=False)
    with pytest.raises(UserError, match="text/html"):
        fetch(corpus, url)
    assert part().stat().st_size == kept


@pytest.mark.parametrize(("status", "asked"), [(500, 3), (404, 1), (403, 1)])
def test_failing_server_is_left_after_a_few_attempts(corpus, server, status, asked):
    url = server.put("/a.zip", faults=itertools.repeat(status))
    with pytest.raises(UserError, match=f"the server answered {status}"):
        fetch(corpus, url)
    assert len(server.asked) == asked


def test_truncated_archive_of_unknown_length_is_not_taken_for_whole(corpus, clips, server):
    with pytest.raises(UserError, match="cut short or damaged"):
        fetch(corpus, server.put("/a.zip", zipped(clips)[:200_000], chunked=True))
    assert_nothing()


def test_archive_with_another_hash_is_refused(corpus, clips, server):
    with pytest.raises(UserError, match="md5 of the archive is .*; expected 1465"):
        fetch(corpus, server.put("/a.zip", zipped(clips)), md5="1465311b24d1de704c4c63e4ccc470c7")
    assert len(server.asked) == 1
    assert_nothing()


@pytest.mark.parametrize(("chunked", "seen"), [(False, "9,000,002"), (True, "4,0..,...")])
def test_endless_download_is_stopped(corpus, server, chunked, seen):
    with pytest.raises(UserError, match=f"{seen} bytes or more; expected at most 4,000,000, the download was stopped"):
        fetch(corpus, server.put("/a.zip", b"PK" + bytes(9_000_000), chunked=chunked))
    assert not list(Path("data").rglob("*.part"))


def test_archive_of_altered_clips_is_asked_for_again_in_the_next_run(corpus, clips, server):
    with pytest.raises(UserError, match="altered 1"):
        fetch(corpus, server.put("/a.zip", zipped(clips | {PATHS[0]: b"altered"})))
    fetch(corpus, server.put("/a.zip", zipped(clips)))
    assert_whole(clips)


def test_unreachable_server_is_named(corpus):
    with pytest.raises(UserError, match="127.0.0.1:1/a.zip: 3 attempts failed.*refused"):
        fetch(corpus, "http://127.0.0.1:1/a.zip")


def test_sources_are_tried_in_order_and_each_reason_is_told(corpus, clips, server):
    body, said = zipped(clips), []
    urls = [
        server.put("/html", b"<html>", kind="text/html"),
        server.put("/500", faults=itertools.repeat(500)),
        server.put("/altered", zipped(clips | {PATHS[0]: b"x"})),
        server.put("/good", body),
    ]
    fetch(corpus, *urls, server.put("/never", body), say=said.append)
    assert_whole(clips)
    assert [line for line in said if "taking" in line] == [f"tiny: taking the clips from {url}" for url in urls]
    for reason in ("text/html", "500", f"altered 1 .{FIRST}."):
        assert any(re.search(f"not used: .*{reason}", line) for line in said)


def test_when_no_source_is_left_all_reasons_and_the_way_out_are_told(corpus, server):
    urls = [server.put("/html", b"<html>", kind="text/html"), server.put("/404", faults=iter([404]))]
    with pytest.raises(UserError, match="/html: .*text/html.*; .*/404: .*404.*; get tiny from .* and set SER_TINY"):
        fetch(corpus, *urls)


# Archives


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def encrypted(archive):
    return archive.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


OUTSIDE = [f"../{FIRST}", f"a/../../{FIRST}", f"/{FIRST}", f"C:/{FIRST}", f"..\\{FIRST}", "../notes.txt"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_member_outside_the_folder_is_refused(corpus, clips, tmp_path, name):
    (tmp_path / "own.zip").write_bytes(zipped(clips | {name: b"outside"}))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="its member .* is a path outside the folder"):
        fetch(corpus, own=tmp_path / "own.zip")
    assert_nothing()
    assert sorted(set(tmp_path.rglob("*")) - {tmp_path / "data"}) == before


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (zipped({link(FIRST): "/etc/passwd"}), "is a link"),
        (encrypted(zipped({FIRST: b"secret"})), "is encrypted"),
        (zipped({FIRST: b"packed"}, zipfile.ZIP_LZMA), "is compressed by method 14"),
    ],
    ids=["link", "encrypted", "lzma"],
)
def test_odd_members_are_refused(corpus, tmp_path, archive, message):
    (tmp_path / "own.zip").write_bytes(archive)
    with pytest.raises(UserError, match=f"its member '{FIRST}' {message}"):
        fetch(corpus, own=tmp_path / "own.zip")
    assert_nothing()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({FIRST: bytes(60 * 2**20)}, "62,914,560 bytes or more"),
        ({f"{folder}/{FIRST}": bytes(10**6) for folder in range(5)}, "all clips of tiny together: 5,000,000 bytes"),
    ],
    ids=["one member", "many members"],
)
def test_bomb_is_refused_by_what_it_claims(corpus, tmp_path, files, message):
    (tmp_path / "own.zip").write_bytes(zipped(files, zipfile.ZIP_DEFLATED))
    with pytest.raises(UserError, match=message):
        fetch(corpus, own=tmp_path / "own.zip")
    assert_nothing()


@pytest.mark.parametrize(("count", "size", "limit"), [(1, 51 * 2**20, 50 * 2**20), (5, 10**6, 4 * 10**6)])
def test_bomb_is_stopped_by_what_is_read(corpus, tmp_path, count, size, limit):
    corpus = replace(corpus, megabytes=1 if count > 1 else 1000)
    members = [AudioFile(f"{folder}/{FIRST}", 10, lambda: io.BytesIO(bytes(size))) for folder in range(count)]
    with pytest.raises(UserError, match=f"expected at most {limit:,}; unpacking was stopped"):
        verification.copy_verified(corpus, members, tmp_path, lambda *_: None)


def test_member_whose_header_lies_is_altered_and_costs_no_more_than_it_claims(corpus, clips, tmp_path):
    bomb = zipped(clips | {PATHS[0]: bytes(60 * 2**20)}, zipfile.ZIP_DEFLATED)
    (tmp_path / "own.zip").write_bytes(bomb.replace(struct.pack("<L", 60 * 2**20), struct.pack("<L", 1000)))
    read = []
    environment = {"SER_TINY": str(tmp_path / "own.zip")}
    findings = download.fetch(corpus, Path("data"), 1, str, lambda _, done, __: read.append(done), environment)
    assert findings.altered == [FIRST] and max(read) < 400_000


@pytest.mark.parametrize(
    ("compression", "at"), [(zipfile.ZIP_STORED, 1000), (zipfile.ZIP_DEFLATED, 30 + len(PATHS[0]))]
)
def test_damaged_member_is_altered(corpus, clips, tmp_path, compression, at):
    archive = bytearray(zipped(clips, compression))
    archive[at] ^= 0xFE  # in the second case a kind of block that deflate does not have
    (tmp_path / "own.zip").write_bytes(archive)
    assert fetch(corpus, own=tmp_path / "own.zip", max_missing=1).altered == [FIRST]
    assert not Path("data/raw", FIRST).exists()


# Disk


def failing_open(monkeypatch, place, mode, number):
    """Make opened files whose path holds `place` fail with the system error `number`, as the kernel would."""
    real = builtins.open

    class Full(io.FileIO):
        def write(self, _):
            raise OSError(number, os.strerror(number))

    def opened(file, how="r", *rest, **more):
        if place not in str(file) or how[0] not in mode:
            return real(file, how, *rest, **more)
        if how[0] == "r":
            raise OSError(number, os.strerror(number), str(file))
        return Full(file, how.replace("b", ""))

    monkeypatch.setattr(builtins, "open", opened)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("place", ["/.raw/", ".zip.part"])
def test_full_disk_is_one_clear_line_and_leaves_no_clip(corpus, clips, server, monkeypatch, place, number):
    good, never = server.put("/a.zip", zipped(clips)), server.put("/never.zip", zipped(clips))
    with (
        monkeypatch.context() as patch,
        pytest.raises(UserError, match="the disk is full: tiny takes about 1 MB in data"),
    ):
        failing_open(patch, place, "wa", number)
        fetch(corpus, good, never)
    assert_nothing()
    assert [path for path, _ in server.asked] == ["/a.zip"]
    fetch(corpus, good)
    assert_whole(clips)


# The stage


def run_stage(monkeypatch, own):
    Path("params.yaml").write_text("download:\n  max_missing: 1\n")
    monkeypatch.setenv("SER_TINY", str(own))
    stage.main("tiny")
    return Path("data/tiny/clips.csv").read_bytes(), Path("metrics/tiny/corpus.json").read_bytes()


def test_stage_writes_the_same_bytes_from_every_source(corpus, clips, server, tmp_path, monkeypatch):
    some = {path: clips[path] for path in PATHS[1:]}
    folder = unzipped(some | {"mine.wav": b"unexpected"}, tmp_path / "own")
    url = server.put("/a.zip", zipped(LAYOUTS["doubled"](some)))
    first, second = run_stage(monkeypatch, folder), run_stage(monkeypatch, url)
    assert first == second
    assert first[0].splitlines()[1].startswith(b"OAF_base_ps.wav,OAF,base,surprise,")


def test_stage_reports_on_what_results_stand(corpus, clips, tmp_path, monkeypatch):
    own = unzipped({path: clips[path] for path in PATHS[1:]}, tmp_path / "own")
    report = json.loads(run_stage(monkeypatch, own)[1])
    assert report["clips"] == {"expected": 6, "used": 5} and report["missing"] == [FIRST] and report["altered"] == []
    assert report["speakers"] == ["OAF", "YAF"]
    assert report["per_speaker_and_emotion"] == [
        "OAF neutral: 1",
        "OAF surprise: 1",
        "YAF anger: 1",
        "YAF sadness: 1",
        "YAF surprise: 1",
    ]


def test_stage_prints_licence_citation_and_findings_once(corpus, clips, tmp_path, monkeypatch, capsys):
    run_stage(monkeypatch, unzipped(clips | {"mine.wav": b"x"}, tmp_path / "own"))
    printed = capsys.readouterr().out
    assert printed.count("CC0") == printed.count("Somebody (2020)") == 1
    assert "6 clips used" in printed and "unexpected: 1 (mine.wav)" in printed and "missing:    0\n" in printed


def test_bars_that_the_environment_turns_off_are_no_error():
    off = "from stages.download import Bar; bar = Bar()\n"
    off += "for n in range(3): bar('load', n, 3)\nbar('unpack', 1, None); bar.close()"
    environment = os.environ | {"TQDM_DISABLE": "1", "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.run([sys.executable, "-c", off], env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_stage_refuses_in_one_line_with_status_2(corpus):
    Path("params.yaml").write_text("download:\n  max_missing: 1\n")
    environment = os.environ | {"SER_TINY": "nowhere", "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "stages.download", "tiny"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 2 and run.stderr.startswith("error: SER_TINY is 'nowhere'") and run.stderr.count("\n") == 1


# The real corpus


@pytest.mark.skipif("SER_TESS" not in os.environ, reason="SER_TESS is unset: no real corpus at hand")
def test_real_tess_is_whole_and_the_same_from_another_layout(tmp_path):
    tess, nothing = description.load("tess"), lambda *_: None
    given = download.fetch(tess, tmp_path / "given", 1, nothing, nothing)
    assert given.missing in ([], ["YAF_beg_sad.wav"]) and not given.altered
    assert len(given.used) == 2800 - len(given.missing)
    with zipfile.ZipFile(tmp_path / "tess.zip", "w") as archive:
        for clip in (tmp_path / "given" / "raw").iterdir():
            archive.write(clip, clip.name)
    own = {"SER_TESS": str(tmp_path / "tess.zip")}
    assert download.fetch(tess, tmp_path / "again", 1, nothing, nothing, own) == given
