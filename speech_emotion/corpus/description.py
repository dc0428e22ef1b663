"""Read the description of a corpus: license, sources and clip names (corpus.yaml), and hashes (SHA256SUMS)."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from speech_emotion.core.emotions import EMOTIONS
from speech_emotion.core.errors import UserError
from speech_emotion.core.params import Section, read_yaml, validate

ROOT = Path("corpora")
GROUPS = ("speaker", "word", "emotion")


def _clip_regex(pattern: str) -> re.Pattern:
    """Return the regular expression of a clip's path: any folders, then the clip."""
    return re.compile(rf"(?:.*/)?(?P<clip>{pattern})", re.DOTALL)


def _check_pattern(pattern: str) -> str:
    try:
        groups = _clip_regex(pattern).groupindex
    except re.error as error:
        raise ValueError(f"expected a regular expression ({error})") from error
    if not groups.keys() >= set(GROUPS):
        raise ValueError(f"expected the groups {', '.join(GROUPS)}")
    return pattern


class Source(Section):
    """Where clips come from. Exactly one of `path`, `url` and `module` is set."""

    path: str = ""  # a folder or a zip archive on this machine
    url: str = ""  # a zip archive on the web, checked against `md5` or `sha256` if set
    module: str = ""  # a generator, run as `python -m <module> <folder>`
    md5: str = ""
    sha256: str = ""

    @model_validator(mode="after")
    def _check_one(self) -> "Source":
        if [self.path, self.url, self.module].count("") != 2:
            raise ValueError("expected exactly one of path, url and module")
        return self

    def __str__(self) -> str:
        return self.path or self.url or self.module


class Corpus(Section):
    """The keys of corpus.yaml, with the folder's name and the hashes of SHA256SUMS.

    `pattern` is a regular expression with the groups speaker, word and emotion. It must match the file name of a clip,
    or its last folders and the file name if a folder names the speaker. The clip's name is the matched text with "_"
    instead of "/".
    """

    name: str
    title: str
    language: str = ""  # ISO 639-1 code, such as en
    license: str
    license_url: str = ""
    citation: str
    homepage: str = ""
    megabytes: PositiveInt = 1000  # 10^6 bytes of unpacked audio; limits what is downloaded
    sources: tuple[Source, ...]  # tried in this order
    pattern: Annotated[str, AfterValidator(_check_pattern)]
    labels: dict[str, Literal[EMOTIONS]]  # emotion of each code; a file with another code is not a clip
    speakers: dict[str, str] = Field(default_factory=dict)  # correct name for each misspelled one in a file name
    aliases: dict[str, str] = Field(default_factory=dict)  # published name for each file name that differs in a copy
    sex: dict[Literal["female", "male"], list[str]] = Field(default_factory=dict)  # the speakers of each
    flaws: dict[str, str] = Field(default_factory=dict)  # published clips that are of no use, and why
    generate: dict[str, Any] = Field(default_factory=dict)  # settings of the generator of a generated corpus
    hashes: dict[str, str] = Field(default_factory=dict)  # SHA-256 of each clip; if empty, any matching name is a clip

    @property
    def acronym(self) -> str:
        """What the title has in parentheses, such as TESS; the name of the corpus if there is nothing."""
        found = re.search(r"\((.*?)\)", self.title)
        return found[1] if found else self.name

    @property
    def environment_variable(self) -> str:
        """The environment variable that replaces the sources, such as SER_CREMA_D."""
        return f"SER_{self.name.upper().replace('-', '_')}"

    def clip_row(self, path: str, sha256: str = "") -> dict[str, str] | None:
        """Return a row of the clip table for a path with "/" in any layout; None if it is not a clip of this corpus."""
        folder, _, name = path.rpartition("/")
        match = _clip_regex(self.pattern).fullmatch(f"{folder}/{self.aliases.get(name, name)}")
        if match is None or match["emotion"] not in self.labels:
            return None
        return {
            "clip": match["clip"].replace("/", "_"),
            "speaker": self.speakers.get(match["speaker"], match["speaker"]),
            "word": match["word"],
            "emotion": self.labels[match["emotion"]],
            "sha256": sha256,
        }

    def sex_of(self, speaker: str) -> str:
        """Return "female" or "male", or "" if the corpus does not say."""
        return next((sex for sex, speakers in self.sex.items() if speaker in speakers), "")

    def clip_name(self, path: str) -> str | None:
        """Return the name of the clip at a path, as in `clip_row`; None if it is not a clip of this corpus."""
        row = self.clip_row(path)
        return None if row is None else row["clip"]


def names() -> list[str]:
    """Return the names of all corpora, sorted."""
    return sorted(path.parent.name for path in ROOT.glob("*/corpus.yaml"))


def load(name: str) -> Corpus:
    """Read the description of a corpus.

    Raises:
        UserError: there is no such corpus; or a key or value of corpus.yaml, or a line of SHA256SUMS, is wrong.
    """
    if name not in names():
        raise UserError(f"no corpus {name!r} in {ROOT}; expected one of: {', '.join(names())}")
    path = ROOT / name / "corpus.yaml"
    content = read_yaml(path)
    for key in ("name", "hashes"):
        if key in content:
            raise UserError(f"{path}: unknown key {key}")
    corpus = validate(content | {"name": name}, Corpus, path)
    return corpus.model_copy(update={"hashes": _read_hashes(path.with_name("SHA256SUMS"), corpus)})


def _read_hashes(path: Path, corpus: Corpus) -> dict[str, str]:
    """Read the output of `sha256sum`: in each line a hash, two spaces and the published path of a clip."""
    hashes: dict[str, str] = {}
    if not path.exists():
        return hashes
    lines = path.read_text("utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        sha256, _, published = line.partition("  ")
        clip = corpus.clip_name(published)
        if not re.fullmatch("[0-9a-f]{64}", sha256) or clip is None or clip in hashes:
            raise UserError(f"{path}:{number}: {line!r}; expected a SHA-256 and the path of a clip, each clip once")
        hashes[clip] = sha256
    return hashes
