"""What is said of exposed lines: the blocks that they make, the smallest step, how new flags are asked for."""
