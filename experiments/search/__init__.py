"""A search for better settings: trials proposed by Optuna, each run as an experiment of DVC."""
