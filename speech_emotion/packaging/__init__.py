"""The model that is shipped, and its model card."""
