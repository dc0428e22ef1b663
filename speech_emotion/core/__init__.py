"""What every room uses: errors, the command line, files, parameters, the clip table."""
