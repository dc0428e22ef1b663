"""Teach the model one person's voice from a few labelled recordings. Needs NumPy only."""
