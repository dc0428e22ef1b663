"""One file per stage of dvc.yaml. Python runs this one before any of them, and so before NumPy is imported."""

from speech_emotion.core.environment import pin_arithmetic

pin_arithmetic()
