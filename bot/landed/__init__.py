"""Compares what landed with what was judged, from values alone."""
