"""Get a corpus: from where its user says, or else from the first of its sources that has it whole."""

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from speech_emotion.corpus import archives, verification
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.description import Corpus, Source
from speech_emotion.corpus.http import RETRY_POLICY, RetryPolicy, download
from speech_emotion.corpus.verification import Progress, VerificationReport

FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class DownloadSettings:
    """The section `download` of params.yaml: how many clips may be missing or altered."""

    max_missing: int


def fetch(
    corpus: Corpus,
    folder: Path,
    max_missing: int,
    say: Callable[[str], None],
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
    patience: RetryPolicy = RETRY_POLICY,
) -> VerificationReport:
    """Put the verified clips of `corpus` flat into `folder`/raw, all or none; what was there before is replaced.

    A source of the user's own (`corpus.variable` in `environment`) is the only one tried; else all are, in order.
    Partial downloads wait in `folder`/download for the next call.

    Raises:
        UserError: no source had the corpus, with the reason for each and how to get it; or the disk is full.
    """
    own, folder, reasons = user_source(corpus, environment), Path(folder), []
    with _writing(corpus, folder):
        for source in [own] if own else corpus.sources:
            if reasons:
                say(f"{corpus.name}: not used: {reasons[-1]}")
            say(f"{corpus.name}: taking the clips from {source}")
            try:
                return _take(corpus, source, folder, max_missing, progress, patience)
            except UserError as error:
                reasons.append(f"{source}: {error}")
    raise UserError(f"{'; '.join(reasons)}; {_advice(corpus)}")


def user_source(corpus: Corpus, environment: Mapping[str, str]) -> Source | None:
    """Return the source that `corpus.variable` names, or None where it is unset.

    Raises:
        UserError: it is set to what is neither a folder, nor a file, nor an http(s) address.
    """
    given = environment.get(corpus.variable)
    if given is None:
        return None
    if re.match(r"https?://", given):
        return Source(url=given)
    path = os.path.expanduser(given)  # unlike Path's, it leaves ~nobody as it is
    if not (os.path.isdir(path) or os.path.isfile(path)):
        raise UserError(
            f"{corpus.variable} is {given!r}, where no file or folder is; expected a folder, a zip archive or an "
            f"http(s) address with the clips of {corpus.name}; correct it, or unset it to use the sources of "
            f"corpora/{corpus.name}"
        )
    return Source(path=path)


def _take(
    corpus: Corpus, source: Source, folder: Path, max_missing: int, progress: Progress, patience: RetryPolicy
) -> VerificationReport:
    with _at_hand(corpus, source, folder, progress, patience) as place, _scratch(folder / ".raw") as clips:
        with archives.open_members(place) as members:
            findings = verification.copy_verified(corpus, members, clips, progress)
        verification.check_complete(corpus, findings, max_missing)
        _replace(folder / "raw", clips)
    shutil.rmtree(folder / "download", ignore_errors=True)  # parts from sources that failed before this one
    return findings


@contextmanager
def _at_hand(corpus: Corpus, source: Source, folder: Path, progress: Progress, patience: RetryPolicy) -> Iterator[Path]:
    """Yield a folder or an archive on this machine."""
    if source.path:
        yield Path(source.path)
    elif source.module:
        with _scratch(folder / ".generated") as made:
            _generate(source.module, made)
            yield made
    else:
        archive = folder / "download" / f"{sha256(source.url.encode()).hexdigest()[:8]}.zip"
        download(source, archive, verification.size_limit(corpus), progress, patience)
        try:
            yield archive
        except UserError:
            archive.unlink()  # so that the next run asks for a better one
            raise


def _generate(module: str, folder: Path) -> None:
    """Run the generator in a fresh process, so that its bytes depend on nothing this one has loaded."""
    status = subprocess.run([sys.executable, "-m", module, str(folder)], check=False).returncode
    if status:
        raise UserError(f"python -m {module} ended with status {status}; what it said stands above")


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Yield an empty folder, removed in the end; one that a killed run left is removed first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(target: Path, new: Path) -> None:
    """A folder cannot be renamed onto a full one, so the old one steps aside for a moment."""
    with _scratch(target.with_name(".raw-old")) as aside:
        if target.exists():
            target.rename(aside / target.name)
        new.rename(target)


@contextmanager
def _writing(corpus: Corpus, folder: Path) -> Iterator[None]:
    """Turn what the machine's owner can mend into a UserError; other system errors keep their traceback."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise UserError(
                f"the disk is full: {corpus.name} takes about {corpus.megabytes:,} MB in {folder}, and as much again "
                "while it is unpacked; make room and run this again (a partial download is kept, nothing else)"
            ) from error
        if isinstance(error, PermissionError):
            raise UserError(f"{error.filename}: {error.strerror}; allow this user to read and write there") from error
        raise


def _advice(corpus: Corpus) -> str:
    return (
        f"get {corpus.name} from {corpus.homepage or 'its publisher'} and set {corpus.variable} to its folder, "
        "zip archive or http(s) address"
    )
