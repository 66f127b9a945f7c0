"""The post-mortem of an incident, from values alone: what makes one, what is known of it, and its issue."""
