"""TensorFlow and Keras, configured for reproducible bytes. Every other module imports them from here."""

import os

# oneDNN chooses its kernels, and with them the order of additions, by processor and number of threads.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
# TensorFlow would still multiply blocks of matrices with oneDNN. There, the order of additions depends on the
# shape of a block, which depends on the sizes of the caches. Eigen's kernel adds up to 320 terms in one order; the
# longest sum of this network has 4 * model.units terms.
os.environ["TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL"] = "0"
# The order of additions depends on the number of threads within an operation, which is the number of cores by default.
os.environ["TF_NUM_INTRAOP_THREADS"] = "2"
# Keep memory from batch to batch. Returning it to the system and clearing it again takes a fifth of the training time.
os.environ["TF_CPU_ALLOCATOR_USE_BFC"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

# Its rewrites turn x / sqrt(y) into x * rsqrt(y), with an approximate instruction that differs between processors.
tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
# It would warn that predictions are traced anew for clips of another length, which is normal here.
tf.get_logger().setLevel("ERROR")

__all__ = ["keras", "tf"]
