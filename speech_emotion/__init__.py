"""Speech emotion recognition, one folder for each step from corpus to prediction.

`from speech_emotion import Predictor` predicts with the shipped model.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speech_emotion.inference.predictor import Predictor

__version__ = "0.1.0"
__all__ = ["Predictor"]


def __getattr__(name: str) -> object:
    """Import Predictor when it is first used (PEP 562), so that importing the package loads nothing."""
    if name != "Predictor":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from speech_emotion.inference.predictor import Predictor

    return Predictor
