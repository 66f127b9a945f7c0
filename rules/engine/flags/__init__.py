"""Tells which added lines run only when a feature flag is on."""
