"""Speech emotion recognition, one concern a module. Nothing is imported here, so that each stage depends only on what it uses."""
