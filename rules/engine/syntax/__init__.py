"""Reads source by its grammar: what it defines, where it branches, what it tests and asserts."""
