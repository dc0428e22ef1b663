"""Model files: written as ONNX graphs without a converter, and run without TensorFlow."""
