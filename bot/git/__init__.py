"""Local repositories, read by git plumbing alone: nothing that they bring is run."""
