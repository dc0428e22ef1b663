"""Read experiments/search.yaml: what a search tries, and the rule that it never reads a test figure."""

import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from pydantic import AfterValidator, Field, PositiveInt, model_validator

from speech_emotion.core import params
from speech_emotion.core.errors import UserError
from speech_emotion.core.params import PARAMS, Section, Seed

DEFINITION = Path("experiments/search.yaml")
PROTOCOL = "development"
COLLECTION = "voices.collection"
DECIDES_WHO_IS_TESTED = {"seed", "voices", COLLECTION}
PLAIN_WORD = re.compile(r"[A-Za-z_][\w.-]*")  # needs no quotes on the command line of DVC


def check_validation_figure(path: str) -> str:
    """Return `path` if it is a file of the protocol development. Raises ValueError for others, such as a test figure.

    Every other protocol has a test partition, and a search that reads its scores chooses the settings by its speakers.
    """
    parts = PurePosixPath(path).parts
    if len(parts) != 4 or parts[0] != "metrics" or parts[2] != PROTOCOL or ".." in parts:
        raise ValueError(
            f"not a figure of validation speakers; a search may read only metrics/<corpus>/{PROTOCOL}/<file>, "
            "because the figures of other protocols are of test speakers"
        )
    return path


def check_same_speakers(key: str) -> str:
    """Return the key of a setting if it does not decide who is tested. Raises ValueError if it does.

    Another deal of the speakers would test people whose scores are reported, and trials could not be compared.
    """
    name = key.rpartition(":")[2]  # without the file
    if name in DECIDES_WHO_IS_TESTED or name.startswith(f"{COLLECTION}."):
        raise ValueError(f"{key} decides who is tested, so it may not differ from params.yaml")
    return key


ValidationFigure = Annotated[str, AfterValidator(check_validation_figure)]
SettingKey = Annotated[str, AfterValidator(check_same_speakers)]


class Objective(Section):
    """The figure to improve."""

    metrics: ValidationFigure
    key: str
    direction: Literal["maximize", "minimize"]


class History(Section):
    """The table that training extends after every epoch, and when a trial may be stopped because of it."""

    file: ValidationFigure
    column: Annotated[str, Field(pattern="^validation_")]
    warmup_epochs: PositiveInt
    startup_trials: PositiveInt


class Repeat(Section):
    """With which seeds the best trial is trained again, and the key that sets the seed."""

    key: SettingKey
    seeds: Annotated[tuple[Seed, ...], Field(min_length=2)]


class Values(Section):
    """The values of one setting: `choices`, or from `low` to `high`."""

    choices: tuple[Any, ...] = ()
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    step: int | float | None = None

    @model_validator(mode="after")
    def _check(self) -> "Values":
        if bool(self.choices) == (self.low is not None and self.high is not None):
            raise ValueError("expected either choices, or low and high")
        self.distribution()  # raises ValueError if the numbers do not go together
        return self

    def distribution(self) -> BaseDistribution:
        """Return the same as a distribution of Optuna."""
        if self.choices:
            return CategoricalDistribution([storable(choice) for choice in self.choices])
        if all(isinstance(number, int) for number in (self.low, self.high, self.step or 1)):
            return IntDistribution(self.low, self.high, self.log, self.step or 1)
        return FloatDistribution(self.low, self.high, self.log, self.step)

    def contains(self, value: object) -> bool:
        """Whether `value`, a setting as read from YAML, is in the space."""
        if self.choices:
            return value in self.choices
        return isinstance(value, (int, float)) and self.low <= value <= self.high


class Search(Section):
    """The keys of experiments/search.yaml."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][\w-]*$")]
    targets: Annotated[tuple[str, ...], Field(min_length=1)]
    objective: Objective
    history: History
    trials: PositiveInt
    seconds_per_trial: PositiveInt
    seed: Seed
    repeat: Repeat
    fixed: dict[SettingKey, Any] = Field(default_factory=dict)
    space: Annotated[dict[SettingKey, Values], Field(min_length=1)]

    def identity(self) -> dict[str, Any]:
        """Return what must not change while a search goes on: results could not be compared."""
        return self.model_dump(mode="json", include={"targets", "objective", "fixed", "space"})


def load() -> Search:
    """Return the search that experiments/search.yaml describes. Raises UserError if it may not be run."""
    return params.validate(params.read_yaml(DEFINITION), Search, DEFINITION)


def current_values(space: dict[str, Values]) -> dict[str, Any]:
    """Return the present settings, as far as the space contains them. Raises UserError for one that is missing."""
    current = {}
    for key, values in space.items():
        file, _, name = key.rpartition(":")
        try:
            value = params.load(name, object, Path(file or PARAMS))
        except UserError as error:
            raise UserError(f"{DEFINITION}: space.{key}: {error}") from error
        if values.contains(value):
            current[key] = storable(value)
    return current


def setting_text(value: object) -> str:
    """Return the value of a trial's setting as `dvc exp run -S` reads it. Text is a choice in that form already."""
    return value if isinstance(value, str) else override(value)


def storable(value: object) -> object:
    """Return a choice as Optuna can store it: numbers and truth values as they are, anything else as DVC reads it."""
    return value if value is None or isinstance(value, (bool, int, float)) else override(value)


def override(value: object) -> str:
    """Return a value as `dvc exp run -S` reads it, such as [{speed: 0.87}]. Numbers have six significant digits."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {override(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(override(item) for item in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return str(value) if isinstance(value, int) else f"{value:.6g}"
    return value if PLAIN_WORD.fullmatch(value) else "'" + value.replace("'", "\\'") + "'"
