"""Split the clips into partitions, and find out what the partitions of any split share."""
