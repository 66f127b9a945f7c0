"""Commands for those who work on andon itself."""
