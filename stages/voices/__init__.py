"""One file per stage of voices/dvc.yaml."""
