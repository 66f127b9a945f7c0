"""Judges hostile text in processes of its own: who asks, and what runs there."""
