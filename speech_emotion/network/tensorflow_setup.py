"""TensorFlow and Keras, set up for equal bytes before they are imported; imported from here and nowhere else."""

import os

# oneDNN chooses its kernels, and with them the order of additions, by processor and number of threads. Without its
# graph rewrites TensorFlow still multiplies matrices with it; those kernels are capped at what most processors have.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"
# In an operation TensorFlow adds up in another order for every number of threads, which would be that of the cores.
os.environ["TF_NUM_INTRAOP_THREADS"] = "2"
# Keep memory from batch to batch: giving it back and clearing it anew is a fifth of the training's work.
os.environ["TF_CPU_ALLOCATOR_USE_BFC"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

__all__ = ["keras", "tf"]
