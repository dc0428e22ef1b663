"""A linear support vector machine (SVM) on one vector a clip, as is usual with openSMILE's functionals."""

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from speech_emotion.dataset.partitions import Partition

C = 0.01


def train_and_predict(training: Partition, test: Partition) -> np.ndarray:
    """Return the predicted class of each test clip, (clips,).

    Every sequence has one frame. It is standardized, and rare emotions weigh as much as frequent ones.
    """
    model = make_pipeline(StandardScaler(), LinearSVC(C=C, class_weight="balanced", random_state=0))
    model.fit(np.concatenate(training.sequences), training.targets)
    return model.predict(np.concatenate(test.sequences))
