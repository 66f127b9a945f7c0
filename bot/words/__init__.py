"""What people read of a verdict: check run, comment and preview, and the words that they share. Pure."""
