"""What is only used where a flag is on, or by nobody, through the names of all changed files."""
