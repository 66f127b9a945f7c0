"""What shows that production is well: pieces of evidence and targets, as values; `probing` alone asks."""
