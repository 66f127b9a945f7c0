"""A GitHub on a local socket: real git repositories, documented laws, knobs for what goes wrong."""
