"""The network and its training, in Keras."""
