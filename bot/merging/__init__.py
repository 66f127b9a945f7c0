"""What stands between a verdict and its merge: what GitHub and the line still ask for, and by which way. Pure."""
