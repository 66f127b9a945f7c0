"""Decides what brings production back, from values alone, and says it in words; bot/release acts on it."""
