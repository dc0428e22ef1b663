import numpy as np
import pytest
from matplotlib.colors import to_rgb

from speech_emotion.core import emotions

# How each kind of color blindness changes linear RGB: Machado et al. 2009, https://doi.org/10.1109/TVCG.2009.113
VISION = {
    "full": np.eye(3),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}


@pytest.mark.parametrize("vision", VISION)
def test_every_reader_can_tell_the_emotions_apart(vision):
    colors = np.array([to_rgb(color) for color in emotions.COLORS.values()])
    seen = np.clip(colors**2.2 @ VISION[vision].T, 0, 1) ** (1 / 2.2)
    distances = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    assert distances[~np.eye(len(seen), dtype=bool)].min() > 0.15
