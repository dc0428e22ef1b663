"""Measurements that differ from machine to machine, and so stand outside the pipeline."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for each other make librosa ten times slower
