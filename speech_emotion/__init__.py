"""Speech emotion recognition, one folder for each step from corpus to prediction.

`from speech_emotion import Predictor` predicts with the shipped model. `Speaker` and `Voice` are what it can know of a
person.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speech_emotion.enrolment.voice import Voice
    from speech_emotion.inference.predictor import Predictor
    from speech_emotion.inference.speaker import Speaker

__version__ = "0.1.0"
__all__ = ["Predictor", "Speaker", "Voice"]
_MODULES = {
    "Predictor": "speech_emotion.inference.predictor",
    "Speaker": "speech_emotion.inference.speaker",
    "Voice": "speech_emotion.enrolment.voice",
}


def __getattr__(name: str) -> object:
    """Import a class when it is first used (PEP 562), so that importing the package loads nothing."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
