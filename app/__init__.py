"""Ways to talk to the model: a terminal that listens, and a page."""
