"""What each corpus is, where its clips come from, and whether they are the published ones."""
