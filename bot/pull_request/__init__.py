"""The steps of a look at a pull request: it is heard, waits, takes its turn, is merged and looked at once more."""
