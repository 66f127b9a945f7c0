"""The HTTP side: webhook, API and health."""
