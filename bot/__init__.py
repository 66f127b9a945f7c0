"""The service and the command around the rules: everything that talks to GitHub, git, a database or a person."""
