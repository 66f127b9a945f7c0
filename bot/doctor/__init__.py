"""Looks for what keeps andon from its work, and says how to mend each: reads first, then judges values alone."""
