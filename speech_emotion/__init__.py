"""Speech emotion recognition, one concern a module. Imports nothing, so that a stage depends on what it uses."""
