"""TensorFlow and Keras, configured for reproducible bytes. Every other module imports them from here."""

import os

# oneDNN chooses its kernels, and with them the order of additions, by processor and number of threads. With its graph
# rewrites off TensorFlow still multiplies matrices with it, so those kernels are limited to AVX2.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"
# The order of additions depends on the number of threads within an operation, which is the number of cores by default.
os.environ["TF_NUM_INTRAOP_THREADS"] = "2"
# Keep memory from batch to batch. Returning it to the system and clearing it again takes a fifth of the training time.
os.environ["TF_CPU_ALLOCATOR_USE_BFC"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

__all__ = ["keras", "tf"]
