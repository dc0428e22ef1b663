from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from speech_emotion.audio.augmentation import AugmentSettings, Changes
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import params
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.corpus.download import DownloadSettings
from speech_emotion.enrolment_curves.draws import EnrolmentSettings
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.network.settings import ModelSettings, TrainSettings
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
VOICES = {
    "seed": params.Seed,
    "collection": CollectionSettings,
    "protocols": list[str],
    "baseline_protocols": list[str],
    "enrolment": EnrolmentSettings,
    "features": FeatureSettings,
    "copies": Changes,
    "model": ModelSettings,
    "train": TrainSettings,
}
WRONG = [  # section, key, value, reason that is given
    ("download", "max_missing", -1, ""),
    ("features", "sample_rate", 10**9, "192000"),
    ("features", "trim_db", 0, ""),
    ("features", "n_fft", 10**9, "65536"),
    ("features", "hop_length", 10**9, "at most n_fft"),
    ("features", "n_mels", 10**9, r"at most n_fft / 2 \+ 1"),
    ("features", "n_mfcc", 10**9, "at most n_mels"),
    ("features", "frames_per_step", 0, ""),
    ("split", "test_size", 0.5, ""),
    ("split", "validation_size", 0, ""),
    ("augment", "training_copies", [{"echo": 1}], "only speed, stretch, pitch, noise"),
    ("augment", "training_copies", [{"speed": 0}], "0.25 and 4"),
    ("augment", "training_copies", [{"speed": 0.9, "mp3": 8}], "mp3 between 16 and 160"),
    ("augment", "training_copies", [{"speed": 0.9}, {"noise": 10}, {"speed": 0.9}], "once"),
    ("augment", "training_copies", [{}], "at least 1"),
    ("augment", "calibration_copies", [{"stretch": 9}], "0.25 and 4"),
    ("augment", "calibration_copies", [], "at least 1"),
    ("model", "inputs", [{"log_mel": "median"}], ""),
    ("model", "inputs", [{"log_mel": "cmn"}, {"log_mel": "cmn"}], "twice"),
    ("model", "inputs", [{"log_mel": "cmn", "mfcc": "cmn"}], "one pair"),
    ("model", "inputs", [], "at least 1"),
    ("model", "units", 0, ""),
    ("model", "spectral_tilt_std_db", -1.0, ""),
    ("model", "dropout", 1.0, ""),
    ("train", "epochs", 0, ""),
    ("train", "learning_rate", 0.0, ""),
    ("train", "label_smoothing", 1.0, ""),
    ("train", "mixup_alpha", -1.0, ""),
    ("train", "time_mask", 1.5, ""),
    ("train", "band_mask", -0.1, ""),
    ("evaluate", "bootstrap_samples", 0, ""),
    ("evaluate", "confidence_level", 0.0, ""),
    ("evaluate", "confidence_level", 1.0, ""),
    ("evaluate", "calibration_bins", 0, ""),
]


class Cooking(params.Section):
    minutes: Annotated[int, Field(ge=1)]
    heat: float


def load(folder: Path, text: str) -> Cooking:
    (folder / "params.yaml").write_text(text)
    return params.load("cooking", Cooking, folder / "params.yaml")


@pytest.mark.parametrize("heat", ["0.001", "1e-3", "'0.001'"])
def test_an_exponent_is_a_number(tmp_path, heat):
    assert load(tmp_path, f"cooking: {{minutes: 3, heat: {heat}}}") == Cooking(minutes=3, heat=0.001)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{minutes: 3, heat: 2, salt: 1}", r"unknown key cooking\.salt"),
        ("{minutes: 3}", r"missing key cooking\.heat"),
        ("{minutes: 2.5, heat: 2}", r"cooking\.minutes is 2\.5; expected .*integer"),
        ("{minutes: 0, heat: 2}", r"cooking\.minutes is 0; expected .*1"),
        ("{minutes: 3, heat: hot}", r"cooking\.heat is 'hot'; expected .*number"),
        ("{minutes: 3, heat: .nan}", r"cooking\.heat is nan; expected .*finite"),
        ("[1, 2]", r"cooking is \[1, 2\]; expected"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path, section, message):
    with pytest.raises(UserError, match=message):
        load(tmp_path, f"cooking: {section}")


@pytest.mark.parametrize("text", ["", "other: 1", "cooking: {", "[]"])
def test_a_file_without_the_section_is_one_line(tmp_path, text):
    with pytest.raises(UserError, match=r"params\.yaml: "):
        load(tmp_path, text)


@pytest.mark.parametrize("seed", [0, 20, 2**32 - 1])
def test_a_seed_is_a_whole_number(tmp_path, seed):
    (tmp_path / "params.yaml").write_text(f"seed: {seed}")
    assert params.load("seed", params.Seed, tmp_path / "params.yaml") == seed


@pytest.mark.parametrize("seed", ["null", "'x'", "-1", "2.5", str(2**32)])
def test_any_other_seed_is_one_line(tmp_path, seed):
    (tmp_path / "params.yaml").write_text(f"seed: {seed}")
    with pytest.raises(UserError, match="seed is .*; expected"):
        params.load("seed", params.Seed, tmp_path / "params.yaml")


@pytest.mark.parametrize(("section", "key", "value", "reason"), WRONG)
def test_a_setting_out_of_range_is_named(section, key, value, reason):
    values = params.read_yaml(params.PARAMS)[section] | {key: value}
    with pytest.raises(UserError, match=rf"{section}(\.|: ){key}.* {reason}"):
        params.validate(values, SECTIONS[section], params.PARAMS, section)


def test_every_section_of_params_yaml_is_known_and_valid():
    sections = {key for key, value in params.read_yaml(params.PARAMS).items() if isinstance(value, dict)}
    assert sections - {"package", "voices"} == set(SECTIONS)  # package holds arguments of its command in dvc.yaml
    for section, kind in SECTIONS.items():
        assert isinstance(params.load(section, kind), kind)


def test_every_key_of_the_section_voices_is_known_and_valid():
    assert set(params.read_yaml(params.PARAMS)["voices"]) == set(VOICES)
    for key, kind in VOICES.items():
        assert params.load(f"voices.{key}", kind)


def test_a_key_that_is_missing_inside_a_section_is_named():
    with pytest.raises(UserError, match="no key 'voices.absent'"):
        params.load("voices.absent", int)
