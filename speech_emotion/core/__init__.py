"""What every package uses: errors, the command line, files, parameters, the clip table."""
