"""TensorFlow and Keras, set up for equal bytes before they are imported; imported from here and nowhere else."""

import os
import platform

# oneDNN chooses its kernels, and with them the order of additions, by processor and number of threads. Without its
# graph rewrites TensorFlow still multiplies matrices with it; those kernels are capped at what most processors have.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"
if platform.machine() in ("x86_64", "AMD64"):
    os.environ["XLA_FLAGS"] = "--xla_cpu_max_isa=AVX2"  # for what is compiled, the notebook's network
# Keep memory from batch to batch: giving it back and clearing it anew is a fifth of the training's work.
os.environ["TF_CPU_ALLOCATOR_USE_BFC"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

__all__ = ["keras", "tf"]
