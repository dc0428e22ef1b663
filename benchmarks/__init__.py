"""Speed and memory, which depend on the machine and so are not part of the pipeline."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # with more, the threads contend and librosa is ten times slower
