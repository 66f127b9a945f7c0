"""Races between a decision and the merge that follows from it: whatever may move does so at every await point."""
