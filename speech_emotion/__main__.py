"""Predict the emotion in recordings: python -m speech_emotion FILE|FOLDER|- ..."""

import sys

from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.inference.command import main

if __name__ == "__main__":
    with exit_on_user_error():
        sys.exit(main())
