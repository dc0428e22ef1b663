"""params.yaml as the settings classes see it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from speech_emotion.core import params
from speech_emotion.audio.augmentation import AugmentSettings
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.download import DownloadSettings
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.training import TrainSettings
from speech_emotion.splits.protocols import SplitSettings

SECTIONS = {
    "download": DownloadSettings,
    "features": FeatureSettings,
    "split": SplitSettings,
    "augment": AugmentSettings,
    "model": ModelSettings,
    "train": TrainSettings,
    "evaluate": EvaluateSettings,
}


@dataclass(frozen=True)
class Cooking:
    minutes: int
    heat: float
    steps: list


def load(tmp_path: Path, text: str) -> Cooking:
    (tmp_path / "params.yaml").write_text(text)
    return params.load_section("cooking", Cooking, tmp_path / "params.yaml")


def test_yaml_1_2_reads_an_exponent_as_a_number(tmp_path):
    assert load(tmp_path, "cooking: {minutes: 3, heat: 1e-3, steps: [a]}") == Cooking(3, 0.001, ["a"])


def test_a_whole_number_will_do_for_a_float(tmp_path):
    heat = load(tmp_path, "cooking: {minutes: 3, heat: 2, steps: []}").heat
    assert isinstance(heat, float)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{minutes: 3, heat: 2, steps: [], salt: 1}", r"unknown cooking\.salt; expected the keys minutes, heat, steps"),
        ("{minutes: 3, heat: 2}", r"missing cooking\.steps"),
        ("{minutes: 2.5, heat: 2, steps: []}", r"cooking\.minutes is 2\.5; expected int"),
        ("{minutes: true, heat: 2, steps: []}", r"cooking\.minutes is True; expected int"),
        ("{minutes: 3, heat: hot, steps: []}", r"cooking\.heat is 'hot'; expected float"),
        ("{minutes: 3, heat: .nan, steps: []}", r"cooking\.heat is nan; expected finite numbers"),
        ("{minutes: 3, heat: -.inf, steps: []}", r"cooking\.heat is -inf; expected finite numbers"),
        ("{minutes: 3, heat: 1, steps: [{stir: .nan}]}", r"cooking\.steps is .*; expected finite numbers"),
        ("{minutes: 3, heat: 1, steps: [], salt: 1, 2: 3}", r"unknown cooking\.2"),
        ("[1, 2]", "expected a section"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path, section, message):
    with pytest.raises(UserError, match=message):
        load(tmp_path, f"cooking: {section}")


@pytest.mark.parametrize("given", [0, 20, 2**32 - 1])
def test_a_seed_is_a_whole_number(tmp_path, given):
    (tmp_path / "params.yaml").write_text(f"seed: {given}")
    assert params.load_seed(tmp_path / "params.yaml") == given


@pytest.mark.parametrize("given", ["null", "true", "'x'", "-1", "2.5", str(2**32), ".inf"])
def test_any_other_seed_is_refused(tmp_path, given):
    (tmp_path / "params.yaml").write_text(f"seed: {given}")
    with pytest.raises(UserError, match="seed is .*; expected"):
        params.load_seed(tmp_path / "params.yaml")


@pytest.mark.parametrize("text", ["", "other: 1", "cooking: {", "[]", "cooking: 2024-13-45"])
def test_a_file_without_the_section_is_refused(tmp_path, text):
    with pytest.raises(UserError, match=r"params\.yaml: (no 'cooking'|cannot be read)"):
        load(tmp_path, text)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_committed_sections_fit_their_classes(section):
    assert isinstance(params.load_section(section, SECTIONS[section]), SECTIONS[section])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_committed_key_has_a_comment_above_it_or_says_itself(section):
    lines = Path("params.yaml").read_text().splitlines()
    start = lines.index(f"{section}:")
    assert "#" in "\n".join(lines[start + 1 : start + 3])
