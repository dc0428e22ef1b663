"""Audio: from a file to a signal, and from a signal to features."""
