"""How the text of one file becomes flat lists, by a table for each language."""
