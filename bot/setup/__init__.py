"""Sets a service up once: a door on this machine alone, through which GitHub hands over the App and its secrets."""
