"""One evaluation of a pull request as it is kept, and in words: what it rested on, and why it ended so. Pure."""
