"""Features on disk, and the partitions that a network is trained and tested on."""
