"""Flags that are handed on: as arguments, in properties and states."""
