"""Follows a landed commit until it is live or has failed, and takes back what failed."""
