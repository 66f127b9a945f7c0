"""The line: merges into one branch happen in order, and none while it is closed. Pure: others take the turns."""
