"""Speech emotion recognition, one folder for each step from corpus to prediction."""
