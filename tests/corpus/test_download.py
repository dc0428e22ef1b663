import os
import sys
from pathlib import Path

import pytest
from support.tiny_corpus import FEAR, PATHS, write_files, zip_bytes

from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description
from speech_emotion.corpus.description import Source
from speech_emotion.corpus.download import fetch_corpus
from speech_emotion.corpus.http import RetryPolicy
from stages import download as stage

POLICY = RetryPolicy(timeouts=(2, 0.3), pauses=(0, 0.01, 0.01))
DATA = Path("data")


def fetch(corpus, *urls, user=None):
    corpus = corpus.model_copy(update={"sources": tuple(Source(url=url) for url in urls)})
    environment = {} if user is None else {"SER_TINY": str(user)}
    return fetch_corpus(corpus, DATA, 0, environment, POLICY)


def check_clips(clips):
    """Check that data/ has exactly the clips and nothing else."""
    assert os.listdir(DATA) == ["raw"]
    expected = {path.split("/")[1]: content for path, content in clips.items()}
    assert {path.name: path.read_bytes() for path in (DATA / "raw").iterdir()} == expected


def remaining():
    return set(os.listdir(DATA)) - {"download"} if DATA.exists() else set()


LAYOUTS = {
    "kaggle": lambda path: [path],
    "doubled": lambda path: [path, f"TESS Toronto emotional speech set data/{path}"],
    "flat": lambda path: [path.split("/")[1]],
    "normalized": lambda path: [f"tess/{path.split('/')[0].lower()}/{path.split('/')[1]}"],
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_clips(corpus, clips, tmp_path, layout, packed):
    files = {}
    for path, content in clips.items():
        files |= dict.fromkeys(LAYOUTS[layout](path), content)
    source = write_files(tmp_path / "source", {"a.zip": zip_bytes(files)} if packed else files)
    report = fetch(corpus, user=source / "a.zip" if packed else source)
    check_clips(clips)
    assert report.copied == [corpus.clip_row(*item) for item in sorted(corpus.hashes.items())]
    assert not report.unexpected
    assert len(report.duplicates) == (len(clips) if layout == "doubled" else 0)


def test_earlier_clips_are_replaced_all_at_once_or_not_at_all(corpus, clips, tmp_path):
    write_files(DATA, {"raw/old.wav": b"old", ".new/half.wav": b"of an interrupted run"})
    source = write_files(tmp_path / "source", {path: clips[path] for path in PATHS[1:]})
    with pytest.raises(UserError, match=f"missing 1 .{FEAR}.*get tiny from https://example.org.*set SER_TINY"):
        fetch(corpus, user=source)
    assert os.listdir(DATA) == ["raw"] and os.listdir(DATA / "raw") == ["old.wav"]
    fetch(corpus, user=write_files(source, clips))
    check_clips(clips)


@pytest.mark.parametrize("value", ["", "nowhere.zip", "ftp://example.org/a.zip", "~nobody-here/x", "text.zip"])
def test_wrong_user_source_is_an_error_and_no_other_is_tried(corpus, value):
    Path("text.zip").write_text("not an archive")
    with pytest.raises(UserError, match="SER_TINY is .*does not exist|neither a folder nor .* zip archive"):
        fetch(corpus, "http://127.0.0.1:1/never.zip", user=value)


def generate(corpus, *names, status=0):
    """Get the corpus from a generator that writes empty files."""
    lines = ["import pathlib, sys", *(f"pathlib.Path(sys.argv[1], {name!r}).touch()" for name in names)]
    Path("maker.py").write_text("\n".join([*lines, f"sys.exit({status})"]))
    fetch_corpus(corpus.model_copy(update={"hashes": {}, "sources": (Source(module="maker"),)}), DATA, 0, {})


def test_generated_clips(corpus):
    generate(corpus, "OAF_a_fear.wav", "YAF_b_sad.wav")
    assert sorted(os.listdir(DATA / "raw")) == ["OAF_a_fear.wav", "YAF_b_sad.wav"]


def test_failing_generator(corpus):
    with pytest.raises(UserError, match="ended with status 3"):
        generate(corpus, "OAF_a_fear.wav", status=3)
    with pytest.raises(UserError, match="no intact clip"):
        generate(corpus)
    assert not remaining()


@pytest.mark.slow
def test_user_address_comes_before_the_sources(corpus, clips, server):
    fetch(corpus, server.put("/source.zip"), user=server.put("/user.zip", zip_bytes(clips)))
    check_clips(clips)
    assert [path for path, _ in server.requests] == ["/user.zip"]


@pytest.mark.slow
def test_sources_are_tried_in_order(corpus, clips, server, capsys):
    altered = server.put("/altered.zip", zip_bytes(clips | {PATHS[0]: b"altered"}))
    urls = [server.put("/absent.zip", faults=[404]), altered, server.put("/good.zip", zip_bytes(clips))]
    fetch(corpus, *urls, server.put("/never.zip"))
    check_clips(clips)
    messages = capsys.readouterr().out.splitlines()
    assert [message for message in messages if "trying" in message] == [f"tiny: trying {url}" for url in urls]
    assert "404" in messages[1] and f"1 ({FEAR})" in messages[3]


@pytest.mark.slow
def test_no_source_is_left(corpus, server):
    urls = [server.put("/page", b"<html>"), server.put("/absent", faults=[404])]
    with pytest.raises(UserError, match="/page: .*html.*; .*/absent: .*404.*; get tiny from .* set SER_TINY"):
        fetch(corpus, *urls)


@pytest.mark.slow
def test_archive_with_altered_clips_is_downloaded_again_by_the_next_run(corpus, clips, server):
    with pytest.raises(UserError, match="altered"):
        fetch(corpus, server.put("/a.zip", zip_bytes(clips | {PATHS[0]: b"altered"})))
    assert not remaining()
    fetch(corpus, server.put("/a.zip", zip_bytes(clips)))
    check_clips(clips)


@pytest.mark.slow
def test_full_disk(corpus, clips, server):
    url = server.put("/a.zip", zip_bytes(clips), faults=[("cut", 200_000), 404])
    with pytest.raises(UserError, match="404"):
        fetch(corpus, url)
    (part,) = DATA.glob("download/*.part")
    part.unlink()
    part.symlink_to("/dev/full")
    with pytest.raises(UserError, match="the disk is full: tiny needs about 1 MB in data"):
        fetch(corpus, url, server.put("/never.zip"))
    assert not remaining()
    part.unlink()
    fetch(corpus, url)
    check_clips(clips)


def run_stage(monkeypatch, source):
    Path("params.yaml").write_text("download:\n  max_missing: 1\n")
    monkeypatch.setenv("SER_TINY", str(source))
    stage.main("tiny")
    return Path("data/tiny/clips.csv").read_bytes(), Path("metrics/tiny/corpus.json").read_bytes()


def test_stage(corpus, clips, tmp_path, monkeypatch, capsys):
    some = {path: clips[path] for path in PATHS[1:]}
    (tmp_path / "a.zip").write_bytes(zip_bytes(some | {f"again/{path}": some[path] for path in some}))
    from_archive = run_stage(monkeypatch, tmp_path / "a.zip")
    capsys.readouterr()
    table, report = run_stage(monkeypatch, write_files(tmp_path / "source", some | {"mine.wav": b"unexpected"}))
    assert (table, report) == from_archive
    assert b"\nOAF_base_ps.wav,OAF,base,surprise," in table and FEAR.encode() in report
    printed = capsys.readouterr().out
    for text in ("CC0", "Somebody (2020)", "tiny: 5 clips", f"missing:    1 ({FEAR})", "unexpected: 1 (mine.wav)"):
        assert printed.count(text) == 1


@pytest.mark.slow
def test_progress_is_shown_in_a_terminal(corpus, clips, server, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch(corpus, server.put("/a.zip", zip_bytes(clips)))
    shown = capsys.readouterr().err
    assert "downloading: 100%" in shown and "verifying: 100%" in shown


@pytest.mark.slow
def test_tess_is_the_same_from_a_flat_copy(tess, tmp_path):
    flat = {"SER_TESS": str(tess / "data/tess/raw")}
    report = fetch_corpus(description.load("tess"), tmp_path, 1, flat)
    assert len(report.copied) == 2800 - len(report.missing) and report.missing in ([], ["YAF_beg_sad.wav"])
    assert not report.unexpected and not report.duplicates
