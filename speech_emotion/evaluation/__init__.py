"""Metrics, baselines, and how much a result depends on the random seed."""
