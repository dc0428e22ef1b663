"""Predict emotions with the shipped model: in one utterance, a recording of any length, or a live stream."""
