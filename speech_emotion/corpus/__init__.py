"""Describe speech corpora, download them, and verify their clips against the published hashes."""
