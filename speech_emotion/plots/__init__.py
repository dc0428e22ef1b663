"""The figures in metrics/, as PNG files."""
