"""The features of a baseline: eGeMAPS functionals by openSMILE, which is not installed with the product.

Source: Eyben et al., The Geneva Minimalistic Acoustic Parameter Set (GeMAPS), https://doi.org/10.1109/TAFFC.2015.2457417.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError

SAMPLE_RATE = 16_000  # Hz; what every clip is resampled to, as for the network


def check_installed() -> None:
    """Raise UserError if openSMILE is not installed."""
    if find_spec("opensmile") is None:
        raise UserError("openSMILE is missing; pip install -r requirements-opensmile.txt (it is free for research)")


def extract(path: Path) -> np.ndarray:
    """Return the 88 functionals of a clip, float32 (1, 88): a sequence of one frame. Raises as `loading.load`."""
    values = _opensmile().process_signal(loading.load(path, SAMPLE_RATE), SAMPLE_RATE)
    return values.to_numpy(np.float32)


@cache
def _opensmile():
    import opensmile  # optional: its license allows research only

    return opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals)
