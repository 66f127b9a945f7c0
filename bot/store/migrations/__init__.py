"""The history of the tables. Expand first, contract a version later: old and new processes run side by side."""
